import TestSupport

/// Columns of integers as devices send them, and worse.
enum IntegerSamples {
    static func column(_ generator: inout SeededGenerator, longest: Int) -> (values: [Int64], runs: [Int]) {
        var (values, runs): ([Int64], [Int]) = ([], [])
        let kind = Int.random(in: 0..<10, using: &generator)
        let scale = Int64(1) << Int64.random(in: 0..<63, using: &generator)
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            let length = Int.random(in: 0...(Bool.random(using: &generator) ? longest : 3), using: &generator)
            let divisor = Int64.random(in: 1...(Bool.random(using: &generator) ? 1 : 5_000), using: &generator)
            var value = Int64.random(in: -scale...scale, using: &generator)
            for row in 0..<length {
                switch kind {
                case 0: break
                case 1: value &+= 60_000
                case 2: value &+= .random(in: -3...3, using: &generator) &* divisor
                case 3: value = .random(in: .min ... .max, using: &generator)
                case 4: value = row % 2 == 0 ? .min : .max
                case 5: value &+= .random(in: -scale...scale, using: &generator)
                case 6: value = Int64(row) &* Int64(row) &* divisor
                case 7: value = .random(in: -scale...scale, using: &generator) &* divisor
                case 8: value = [.min, -1, 0, 1, .max].randomElement(using: &generator) ?? 0
                default: if row % 50 == 49 { value = .random(in: -scale...scale, using: &generator) }
                }
                values.append(value)
            }
            runs.append(length)
        }
        return (values, runs)
    }
}
