import CLinux
import Glibc

/// A file of JSON Lines, or standard input, opened.
final class InputFile {
    /// The name for a person.
    let name: String
    /// How large the file is in bytes; nil for a pipe.
    let size: Int?
    private let descriptor: Int32
    private let isOwn: Bool
    private let wake: Int32
    private let isStopping: () -> Bool

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the file, `-` for standard input.
    ///   - wake: a descriptor that becomes readable when `isStopping` is to be asked, or -1.
    ///   - isStopping: whether the input shall end now.
    /// - Throws: ``ImportError``.
    init(_ path: String, wake: Int32 = -1, isStopping: @escaping () -> Bool = { false }) throws(ImportError) {
        isOwn = path != "-"
        name = isOwn ? path : "standard input"
        self.wake = wake
        self.isStopping = isStopping
        let opened = isOwn ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        guard opened >= 0 else {
            if errno == ENOENT { throw .notFound(file: path) }
            throw .unreadable(file: path, reason: String(cString: strerror(errno)))
        }
        descriptor = opened
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            size = nil
            return
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(file: path) }
    }

    deinit {
        if isOwn { close(descriptor) }
    }

    /// The lines of the file, after a look at what it is.
    ///
    /// - Throws: ``ImportError`` for a file that is no text.
    func lines() throws(ImportError) -> LineReader {
        var reader = LineReader { (bytes) throws(ImportError) in try self.read(into: bytes) }
        let start = try reader.peek(16)
        if start.starts(with: "SQLite format 3\0".utf8) { throw .isTape(file: name) }
        if start.starts(with: [0x1f, 0x8b]) { throw .isCompressed(file: name, tool: "zcat") }
        if start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { throw .isCompressed(file: name, tool: "zstdcat") }
        if start.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a]) { throw .isCompressed(file: name, tool: "xzcat") }
        // A byte order mark is no JSON (RFC 8259 §8.1), but it hurts nobody at the very start.
        if start.starts(with: [0xef, 0xbb, 0xbf]) { reader.skip(3) }
        return reader
    }

    private func read(into bytes: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        while !isStopping() {
            // A pipe may be silent for long; a stop signal must be heard meanwhile.
            if size == nil, !isReadable() { continue }
            let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            if errno != EINTR && errno != EAGAIN {
                throw .unreadable(file: name, reason: String(cString: strerror(errno)))
            }
        }
        return 0
    }

    /// Between two looks at whether to stop, ns.
    private static let patience: Int64 = 1_000_000_000

    private func isReadable() -> Bool {
        Int(tapedeck_poll(descriptor, true, false, wake, Self.patience)) & Int(TAPEDECK_READABLE) != 0
    }
}
