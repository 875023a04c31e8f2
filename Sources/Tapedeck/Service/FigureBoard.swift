import Glibc
import Recorder
import Service
import Synchronization
import Tape

/// The latest figures of a recording: put up by the recording thread, read by the thread that serves pages.
final class FigureBoard: Sendable {
    /// What is up.
    struct Figures: Sendable {
        /// The numbers.
        var statistics = RecordingStatistics()
        /// The brokers of the clients that were connected once, by the clients' ids.
        var connections: [String: String] = [:]
        /// Clients that are not connected now.
        var away: Set<String> = []
        /// Why nothing is being written at the moment.
        var waiting: String?
        /// Until when the next sign of life of the recording thread is due, monotonic ns.
        var dueAt: Int64

        /// Whether all clients are connected.
        var isConnected: Bool { away.isEmpty && connections.count >= statistics.clients }
    }

    /// The tape file.
    let tape: String
    private let figures: Mutex<Figures>
    private let monotonic: @Sendable () -> Int64

    /// How long the recording thread may be silent, ns: it speaks once a second.
    private static let patience: Int64 = 15_000_000_000
    /// How long it may take to begin or to end, ns.
    private static let longPatience: Int64 = 600_000_000_000

    init(tape: String, monotonic: @escaping @Sendable () -> Int64) {
        self.tape = tape
        self.monotonic = monotonic
        figures = Mutex(Figures(dueAt: monotonic() &+ Self.longPatience))
    }

    /// Takes up what an event says; costs a copy of some numbers under a lock that is never held for longer.
    func note(_ event: RecorderEvent) {
        let now = monotonic()
        figures.withLock { figures in
            figures.dueAt = now &+ Self.patience
            figures.waiting = nil
            switch event {
            case .recording(let broker, let clientID, _):
                figures.connections[clientID] = broker
                figures.away.remove(clientID)
            case .disconnected(let clientID, _, _): figures.away.insert(clientID)
            case .waiting(let reason): figures.waiting = reason
            case .progress(let statistics):
                figures.statistics = statistics
                figures.waiting = statistics.holding?.summary
            case .finishing: figures.dueAt = now &+ Self.longPatience
            // The numbers of the next progress have it.
            default: break
            }
        }
    }

    /// The page at a path.
    func page(_ path: String) -> Page? {
        switch path {
        case "/": Page(line: "tapedeck \(Tapedeck.version): /metrics /healthz")
        case "/metrics":
            Page(contentType: MetricsText.contentType, body: Array(metrics().utf8))
        case "/healthz": health()
        default: nil
        }
    }

    /// Healthy is a recorder that does its work, also while it waits for a broker or for room on the disk: to restart
    /// it would not help.
    private func health() -> Page {
        let figures = figures.withLock { $0 }
        if monotonic() > figures.dueAt { return Page(status: 503, line: "the recording thread does not answer") }
        if let waiting = figures.waiting { return Page(line: "ok, waiting: \(waiting)") }
        if figures.isConnected { return Page(line: "ok, recording") }
        let clients = figures.statistics.clients
        let away = clients - figures.connections.keys.count { !figures.away.contains($0) }
        return Page(
            line: clients == 1
                ? "ok, not connected to the broker" : "ok, \(away) of \(clients) clients not connected to their brokers"
        )
    }

    private func metrics() -> String {
        var text = MetricsText()
        let figures = figures.withLock { $0 }
        text.add(figures, tape: tape)
        text.add(TapeRoom(tape))
        text.add(ProcessFigures.now())
        return text.text
    }
}

/// How much room a tape takes up and has.
struct TapeRoom {
    /// Bytes of the tape file and the files beside it; nil when there is none.
    var size: Int64?
    /// Bytes that are free on its disk, for those who are not root.
    var free: Int64?

    init(_ path: String) {
        for file in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            if stat(file, &status) == 0 { size = (size ?? 0) + Int64(status.st_size) }
        }
        var disk = statvfs()
        if statvfs(path, &disk) == 0 { free = Int64(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize)) }
    }
}
