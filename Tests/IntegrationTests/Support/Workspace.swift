import Foundation
import Glibc

/// A folder of a test's own, removed with it.
final class Workspace: Sendable {
    let folder: String

    init() throws {
        var template = Array("/tmp/tapedeck-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: errno \(errno)") }
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress ?? UnsafePointer(strdup("/tmp"))) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func uniqueName(_ stem: String) -> String { path(stem + "-" + UUID().uuidString.prefix(8)) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    @discardableResult
    func write(_ name: String, bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}
