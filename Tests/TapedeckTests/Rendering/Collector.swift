import Terminal

/// Keeps what is written.
final class Collector {
    private var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var output: OutputBuffer {
        OutputBuffer(write: { piece in
            self.bytes.append(contentsOf: piece)
            return piece.count
        })
    }
}
