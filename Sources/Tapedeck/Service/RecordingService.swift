import Foundation
import Recorder
import Service
import Tape

/// What stands between a recording and its surroundings: the service manager and the page of metrics.
///
/// It belongs to the recording thread, which never waits for it.
final class RecordingService {
    private let board: FigureBoard
    private let server: PageServer?
    private let manager: ServiceManager?
    private var status: ServiceStatus

    /// Starts serving, if asked to.
    ///
    /// - Throws: ``PageServer/Failure`` when the address cannot be had.
    init(tape: String, metrics: ListenAddress?, waitsForBroker: Bool) throws {
        let board = FigureBoard(tape: tape) { SystemTimeSource().monotonic }
        self.board = board
        manager = ServiceManager()
        status = ServiceStatus(waitsForBroker: waitsForBroker, watchdogInterval: manager?.watchdogInterval)
        server = try metrics.map { try PageServer($0) { board.page($0) } }
        guard let server else { return }
        if !server.address.isLoopback {
            Notes.warning("--metrics \(server.address): anybody who reaches this address can read the figures")
        }
        server.start()
        Notes.note("metrics on http://\(server.address)/metrics")
    }

    deinit {
        server?.stop()
    }

    /// Passes on what happens; called on the recording thread.
    func note(_ event: RecorderEvent) {
        board.note(event)
        guard let manager else { return }
        let assignments = status.repetition() + status.assignments(for: event, now: SystemTimeSource().monotonic)
        if !manager.tell(assignments) { status.wasLost(assignments) }
    }
}
