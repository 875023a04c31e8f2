internal import Glibc

/// Output collected in 32 KiB pieces before it goes to a file descriptor with `write(2)`.
///
/// Nothing is written when the buffer goes away: whoever owns it calls ``flush()`` on every path that ends well.
/// A process that wants ``OutputClosed`` instead of a deadly signal calls ``ignoreBrokenPipes()`` once at its start.
public final class OutputBuffer {
    /// Takes the bytes it can and returns how many, or an `errno` value with its sign changed.
    public typealias Write = (UnsafeRawBufferPointer) -> Int

    /// The bytes that are held back before a write, unless told otherwise.
    public static let defaultCapacity = 32 * 1024

    private let capacity: Int
    private let write: Write
    private let waitUntilWritable: () -> Void
    private var bytes: [UInt8] = []
    private var failure: (any Error)?

    /// A buffer over an open file descriptor, which stays open and belongs to the caller.
    public convenience init(descriptor: Int32, capacity: Int = defaultCapacity) {
        self.init(
            capacity: capacity,
            write: { bytes in
                let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                return count < 0 ? -Int(errno) : count
            },
            waitUntilWritable: {
                // Standard output can be non-blocking because a process that shares it made it so.
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            })
    }

    /// A buffer over anything that takes bytes; `waitUntilWritable` is called when `write` answers `EAGAIN`.
    public init(
        capacity: Int = defaultCapacity, write: @escaping Write, waitUntilWritable: @escaping () -> Void = {}
    ) {
        self.capacity = max(1, capacity)
        self.write = write
        self.waitUntilWritable = waitUntilWritable
        bytes.reserveCapacity(self.capacity)
    }

    /// Makes a write to a pipe that nobody reads any more an error of that write instead of the end of the process.
    public static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Appends text as UTF-8.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure`` when the buffer was full and could not be written.
    public func append(_ text: String) throws {
        guard bytes.count + text.utf8.count > capacity else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        var text = text
        try text.withUTF8 { try appendLarge(UnsafeRawBufferPointer($0)) }
    }

    /// Appends bytes as they are.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure`` when the buffer was full and could not be written.
    public func append(bytes more: RawSpan) throws {
        try more.withUnsafeBytes { piece in
            guard bytes.count + piece.count > capacity else {
                bytes.append(contentsOf: piece)
                return
            }
            try appendLarge(piece)
        }
    }

    /// Appends bytes as they are.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure`` when the buffer was full and could not be written.
    public func append(bytes more: [UInt8]) throws {
        try append(bytes: more.span.bytes)
    }

    /// Writes everything that was appended.
    ///
    /// - Throws: ``OutputClosed`` when the reader has gone, ``OutputFailure`` for any other trouble; the same error
    ///   again at every later use.
    public func flush() throws {
        defer { bytes.removeAll(keepingCapacity: true) }
        try bytes.withUnsafeBytes { try writeAll($0) }
    }

    private func appendLarge(_ piece: UnsafeRawBufferPointer) throws {
        try flush()
        if piece.count < capacity {
            bytes.append(contentsOf: piece)
        } else {
            // Not copied: a piece may be as large as the largest MQTT payload, and the buffer would keep that memory.
            try writeAll(piece)
        }
    }

    private func writeAll(_ piece: UnsafeRawBufferPointer) throws {
        if let failure { throw failure }
        var rest = piece[...]
        while !rest.isEmpty {
            let count = write(UnsafeRawBufferPointer(rebasing: rest))
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == -Int(EAGAIN) {
                waitUntilWritable()
            } else if count != -Int(EINTR) {
                throw remember(count == 0 ? Int(EIO) : 0 &- count)
            }
        }
    }

    /// After an error bytes are missing from the stream, so nothing that comes later may be written behind them.
    private func remember(_ code: Int) -> any Error {
        let error: any Error =
            code == Int(EPIPE) ? OutputClosed() : OutputFailure(code: Int32(truncatingIfNeeded: code))
        failure = error
        return error
    }
}
