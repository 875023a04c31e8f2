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
        /// Broker and client id of the connection, once there was one.
        var connection: (broker: String, clientID: String)?
        /// Why nothing is being written at the moment.
        var waiting: String?
        /// Until when the next sign of life of the recording thread is due, monotonic ns.
        var dueAt: Int64
    }

    /// The tape file.
    let tape: String
    private let figures: Mutex<Figures>
    private let monotonic: @Sendable () -> Int64

    /// How long the recording thread may be silent, ns: it speaks once a second.
    private static let patience: Int64 = 15_000_000_000
    /// How long it may take to call the broker, ns.
    private static let callingPatience: Int64 = 600_000_000_000

    init(tape: String, monotonic: @escaping @Sendable () -> Int64) {
        self.tape = tape
        self.monotonic = monotonic
        figures = Mutex(Figures(dueAt: monotonic() &+ Self.callingPatience))
    }

    /// Takes up what an event says; costs a copy of some numbers under a lock that is never held for longer.
    func note(_ event: RecorderEvent) {
        let now = monotonic()
        figures.withLock { figures in
            figures.dueAt = now &+ Self.patience
            figures.waiting = nil
            switch event {
            case .connecting: figures.dueAt = now &+ Self.callingPatience
            case .recording(let broker, let clientID, _):
                figures.connection = (broker, clientID)
                figures.statistics.isConnected = true
            case .disconnected: figures.statistics.isConnected = false
            case .waiting(let reason): figures.waiting = reason
            case .progress(let statistics):
                figures.statistics = statistics
                figures.waiting = statistics.holding?.summary
            case .finishing: figures.dueAt = now &+ Self.callingPatience
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
        return Page(line: figures.statistics.isConnected ? "ok, recording" : "ok, not connected to the broker")
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
