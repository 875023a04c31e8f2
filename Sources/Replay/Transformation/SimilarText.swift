import DeviceProtocol

/// Finds what somebody may have meant to type.
enum SimilarText {
    /// Up to three ids that differ little from one, the nearest first.
    static func nearest(_ wanted: DeviceID, among known: Set<DeviceID>) -> [DeviceID] {
        let text = Array(wanted.text.lowercased().utf8)
        let limit = max(1, text.count / 4)
        let near = known.compactMap { device -> (distance: Int, device: DeviceID)? in
            let other = Array(device.text.lowercased().utf8)
            // Somebody who typed only the beginning meant this one.
            let distance =
                text.count >= 4 && other.starts(with: text) ? 0 : distance(text, other, limit: limit)
            return distance <= limit ? (distance, device) : nil
        }
        return near.sorted { ($0.distance, $0.device) < ($1.distance, $1.device) }.prefix(3).map(\.device)
    }

    /// How many bytes must be changed, left out or put in (Levenshtein); more than `limit` when it is more.
    private static func distance(_ one: [UInt8], _ other: [UInt8], limit: Int) -> Int {
        guard abs(one.count - other.count) <= limit else { return limit + 1 }
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (byte == other[column] ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}
