import Foundation

/// The built `tapedeck`.
enum Program {
    /// It stands beside the test bundle; `TAPEDECK_BINARY` names another one.
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["TAPEDECK_BINARY"] { return path }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return ((tests as NSString).deletingLastPathComponent as NSString).appendingPathComponent("tapedeck")
    }()

    /// Starts `tapedeck` and goes on.
    static func start(
        _ arguments: [String], in workspace: Workspace, environment: [String: String] = [:], pipesInput: Bool = false
    ) throws -> ChildProcess {
        try ChildProcess(path, arguments, in: workspace, environment: environment, pipesInput: pipesInput)
    }

    /// Runs `tapedeck` to its end.
    static func run(
        _ arguments: [String], in workspace: Workspace, environment: [String: String] = [:],
        within seconds: Double = 120
    ) throws -> (status: Int32, output: String, errors: String) {
        let child = try start(arguments, in: workspace, environment: environment)
        let status = try child.wait(within: seconds)
        return (status, child.output, child.errors)
    }

    /// Starts a recording and waits until its subscription stands.
    static func record(
        _ tape: String, from broker: PrivateBroker, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let child = try start(
            ["record", tape] + (arguments.contains("--broker") ? [] : ["--broker", broker.url]) + arguments,
            in: broker.workspace, environment: environment)
        try poll("the recorder to subscribe; it said: \(child.errors)") {
            guard child.exitStatus == nil else { throw Failure("the recorder ended: \(child.errors)") }
            return child.errors.contains("recording ")
        }
        return child
    }

    /// Ends a recording in order.
    @discardableResult
    static func stop(_ recorder: ChildProcess) throws -> Int32 {
        recorder.signal(SIGTERM)
        return try recorder.wait()
    }
}
