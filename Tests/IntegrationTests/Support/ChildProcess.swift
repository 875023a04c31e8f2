import Foundation
import Glibc

/// A program started by a test, with clean signals; its output goes to files, so that it can never block on a pipe.
///
/// Not `Foundation.Process`: from a concurrent task it hands the child a blocked signal mask, and SIGTERM is lost.
final class ChildProcess: @unchecked Sendable {  // All state is set in init, but for `status`, which `lock` guards.
    let pid: pid_t
    let outputFile: String
    let errorFile: String
    /// The writing end of the child's standard input, or -1.
    let input: Int32
    private let lock = NSLock()
    private var status: Int32?

    init(
        _ program: String, _ arguments: [String], in workspace: Workspace, environment: [String: String] = [:],
        pipesInput: Bool = false
    ) throws {
        let name = workspace.uniqueName((program as NSString).lastPathComponent)
        outputFile = name + ".out"
        errorFile = name + ".err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [-1, -1]
        if pipesInput {
            guard pipe(&ends) == 0 else { throw Failure("pipe: errno \(errno)") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var merged = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TAPEDECK_") }
        merged["TAPEDECK_REDACTION_KEY_FILE"] = workspace.path("redaction.key")
        merged.merge(environment) { _, new in new }
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, program, &actions, &attributes, argv, envp)
        if pipesInput { close(ends[0]) }
        guard code == 0 else { throw Failure("cannot start \(program): \(String(cString: strerror(code)))") }
        pid = child
        input = ends[1]
    }

    deinit {
        if input >= 0 { close(input) }
        if exitStatus == nil {
            kill(pid, SIGKILL)
            var ignored: Int32 = 0
            waitpid(pid, &ignored, 0)
        }
    }

    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    /// The exit code, 128 + the signal's number, or nil while it runs.
    var exitStatus: Int32? {
        lock.withLock {
            if let status { return status }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
            status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
            return status
        }
    }

    func signal(_ number: Int32) {
        if exitStatus == nil { kill(pid, number) }
    }

    /// Waits for the end and answers the exit code.
    @discardableResult
    func wait(within seconds: Double = 60) throws -> Int32 {
        try poll("\(outputFile) to end; it said: \(errors)", within: seconds) { self.exitStatus }
    }

    /// Sends bytes to standard input; false when the child does not read any more.
    @discardableResult
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Why a test cannot go on.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Asks again and again until there is an answer, up to a deadline.
func poll<Value>(_ what: @autoclosure () -> String, within seconds: Double = 30, _ answer: () throws -> Value?) throws
    -> Value
{
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
        if let value = try answer() { return value }
        guard ContinuousClock.now < deadline else { throw Failure("waited \(seconds) s for \(what())") }
        usleep(5_000)
    }
}

/// Asks again and again until something holds, up to a deadline.
func poll(_ what: @autoclosure () -> String, within seconds: Double = 30, until holds: () throws -> Bool) throws {
    _ = try poll(what(), within: seconds) { try holds() ? true : nil }
}
