import Glibc
import Terminal

/// A file that appears under its name only when it is complete; readable by its owner only.
final class ExportFile {
    /// Where the rows go.
    let output: OutputBuffer
    private let path: String
    private let descriptor: Int32
    /// The file's name until it is complete; nil where the name is a device or a pipe, which is written at once.
    private var temporary: String?
    private let replaces: Bool

    /// Makes the file under a temporary name beside its own.
    ///
    /// - Parameters:
    ///   - path: its name.
    ///   - tape: the tape that is read, which must not be replaced.
    ///   - replaces: whether a file that is there may be replaced.
    /// - Throws: ``ExportError``.
    init(_ path: String, tape: String, replaces: Bool) throws(ExportError) {
        self.replaces = replaces
        var status = stat()
        var target = path
        if stat(path, &status) == 0 {
            let type = status.st_mode & S_IFMT
            guard type != S_IFDIR else { throw .isDirectory(file: path) }
            guard type == S_IFREG else {
                self.path = path
                descriptor = open(path, O_WRONLY | O_CLOEXEC)
                guard descriptor >= 0 else { throw .unwritable(file: path, reason: Self.reason) }
                output = OutputBuffer(descriptor: descriptor, capacity: Self.capacity)
                return
            }
            guard !Self.isSame(status, tape) else { throw .isTape(file: path) }
            guard replaces else { throw .exists(file: path) }
            // The file behind a symbolic link is replaced, not the link.
            target = Self.resolved(path)
        }
        self.path = target
        var template = Array((target + ".XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .unwritable(file: path, reason: Self.reason) }
        temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        output = OutputBuffer(descriptor: descriptor, capacity: Self.capacity)
    }

    deinit {
        if let temporary { unlink(temporary) }
        close(descriptor)
    }

    /// Writes out what is held back and gives the file its name.
    ///
    /// - Throws: ``ExportError``, or what the output throws.
    func complete() throws {
        try output.flush()
        guard let temporary else { return }
        guard fsync(descriptor) == 0 else { throw ExportError.unwritable(file: path, reason: Self.reason) }
        if replaces {
            guard rename(temporary, path) == 0 else { throw ExportError.unwritable(file: path, reason: Self.reason) }
            self.temporary = nil
        } else if link(temporary, path) != 0 {
            // Unlike rename(2), link(2) never replaces what somebody else made meanwhile.
            throw errno == EEXIST
                ? ExportError.exists(file: path) : ExportError.unwritable(file: path, reason: Self.reason)
        }
    }

    private static let capacity = 256 * 1024

    private static var reason: String { String(cString: strerror(errno)) }

    private static func isSame(_ status: stat, _ other: String) -> Bool {
        var theirs = stat()
        return stat(other, &theirs) == 0 && theirs.st_dev == status.st_dev && theirs.st_ino == status.st_ino
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

/// Why an export could not be done.
enum ExportError: Error, CustomStringConvertible {
    /// The file is there already.
    case exists(file: String)
    /// The name is that of a folder.
    case isDirectory(file: String)
    /// The file is the tape itself.
    case isTape(file: String)
    /// The file cannot be made or written.
    case unwritable(file: String, reason: String)
    /// What shall be exported is JSON Lines already.
    case isJSONLines(file: String)

    /// One sentence for a person.
    var description: String {
        switch self {
        case .exists(let file): "\(file) is there already: choose another name, or replace it with --force"
        case .isDirectory(let file): "\(file) is a folder: name a file inside it"
        case .isTape(let file): "\(file) is the tape itself: choose another name for the export"
        case .unwritable(let file, let reason): "cannot write \(file): \(reason)"
        case .isJSONLines(let file):
            "\(file) looks like JSON Lines and is not a tape: `tapedeck import` makes a tape of it"
        }
    }
}
