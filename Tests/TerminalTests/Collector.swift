import Terminal

/// Output that stays in memory.
final class Collector {
    private(set) var bytes: [UInt8] = []
    private(set) var writes = 0

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A buffer whose writes end up here.
    func buffer(capacity: Int = OutputBuffer.defaultCapacity) -> OutputBuffer {
        OutputBuffer(capacity: capacity) { piece in
            self.take(piece)
            return piece.count
        }
    }

    func take(_ piece: some Sequence<UInt8>) {
        writes += 1
        bytes.append(contentsOf: piece)
    }
}
