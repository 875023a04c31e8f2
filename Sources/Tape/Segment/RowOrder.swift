/// Brings the rows of a segment's groups into order of arrival.
enum RowOrder {
    /// Positions of `keys` in ascending order of the keys; equal keys keep their order.
    ///
    /// A radix sort, so that no data make it slow.
    static func ascending(_ keys: [Int64]) -> [Int32] {
        guard let lowest = keys.min(), let highest = keys.max() else { return [] }
        var order = (0..<Int32(truncatingIfNeeded: keys.count)).map { $0 }
        var other = [Int32](repeating: 0, count: keys.count)
        let span = UInt64(bitPattern: highest &- lowest)
        var shift: UInt64 = 0
        while shift < 64, span >> shift > 0 {
            var starts = [Int](repeating: 0, count: 2_049)
            for key in keys { starts[Int(UInt64(bitPattern: key &- lowest) >> shift & 2_047) + 1] += 1 }
            for digit in 1..<starts.count { starts[digit] += starts[digit - 1] }
            for position in order {
                let digit = Int(UInt64(bitPattern: keys[Int(position)] &- lowest) >> shift & 2_047)
                other[starts[digit]] = position
                starts[digit] += 1
            }
            swap(&order, &other)
            shift += 11
        }
        return order
    }

    /// For each of the `wanted` keys, given in ascending order, how many of `keys` are smaller.
    static func ranks(of wanted: [Int64], among keys: [Int64]) -> [Int] {
        var counts = [Int](repeating: 0, count: wanted.count + 1)
        for key in keys {
            // The first wanted key that is larger.
            var low = 0
            var high = wanted.count
            while low < high {
                let middle = (low + high) / 2
                if wanted[middle] > key { high = middle } else { low = middle + 1 }
            }
            counts[low] += 1
        }
        var sum = 0
        return wanted.indices.map { index in
            sum += counts[index]
            return sum
        }
    }
}
