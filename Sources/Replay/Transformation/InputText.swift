import Glibc

/// Reads small files whole.
public enum InputText {
    /// Why a file was not read.
    public enum Failure: Error {
        /// The operating system refused; the reason is its own.
        case unreadable(String)
        /// It is no plain file.
        case notAFile
        /// Others than its owner may read or write it.
        case exposed(mode: UInt32)
        /// It has more bytes than asked for.
        case tooLarge
    }

    /// The bytes of a plain file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: how large it may be, bytes.
    ///   - isSecret: whether a file that its group or others may read is refused.
    /// - Returns: everything in it.
    /// - Throws: ``Failure``.
    public static func read(_ path: String, limit: Int, isSecret: Bool) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        // Asked of the open file and not of the name, which could come to mean another file in between.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard !isSecret || status.st_mode & 0o077 == 0 else { throw .exposed(mode: status.st_mode & 0o7777) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .tooLarge }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}

extension DeviceMapping {
    /// How large a file of pairs may be, bytes.
    public static let sizeLimit = 64 << 20

    /// Adds the pairs of a CSV file.
    ///
    /// - Parameter path: the file.
    /// - Throws: ``DeviceMappingError``.
    public mutating func add(file path: String) throws(DeviceMappingError) {
        let bytes: [UInt8]
        do {
            bytes = try InputText.read(path, limit: Self.sizeLimit, isSecret: false)
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadable(path: path, reason: reason)
            case .notAFile, .exposed: throw .unreadable(path: path, reason: "it is no plain file")
            case .tooLarge:
                throw .unreadable(path: path, reason: "it is larger than \(Self.sizeLimit >> 20) MiB")
            }
        }
        try add(csv: bytes, path: path)
    }
}
