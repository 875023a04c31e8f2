import Glibc

/// A folder of a test's own, removed with its files.
public struct TemporaryFolder: ~Copyable {
    private let folder: String

    /// Makes the folder.
    public init() throws {
        var template = Array("/tmp/tapedeck-unit-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TemporaryFolderError(errno: errno) }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        guard let directory = opendir(folder) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink(folder + "/" + name) }
        }
        closedir(directory)
        rmdir(folder)
    }

    /// The path of a file in it.
    public func path(_ name: String) -> String { folder + "/" + name }
}

/// Why there is no folder.
public struct TemporaryFolderError: Error {
    /// The operating system's error number.
    public var errno: Int32
}
