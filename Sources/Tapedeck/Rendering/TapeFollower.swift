import CLinux
import DeviceProtocol
import Query
import Tape

/// Waits for what a recorder adds to a tape, without keeping the machine busy.
struct TapeFollower {
    /// Why following came to its end.
    enum End {
        /// The recording ended.
        case recordingEnded
        /// A stop signal came.
        case stopped
        /// There is nothing to come in the window.
        case windowOver
    }

    /// Between two looks at the tape, ns.
    private static let interval: Int64 = 200_000_000
    /// Looks after which the tape is opened anew: only that shows whether a recorder was killed.
    private static let looksPerOpening = 25

    private var looks = 0
    private var isLast = false

    /// Takes over SIGINT and SIGTERM, which from here on end the following.
    init() {
        StopSignal.takeOver()
    }

    /// Waits a moment and moves the scan on to what has been added; the reason when nothing more will be.
    mutating func advance(_ scan: inout some GrowingScan, _ question: TapeQuestion) throws -> End? {
        if isLast { return .recordingEnded }
        if !StopSignal.hasCome { _ = tapedeck_poll(-1, false, false, StopSignal.descriptor, Self.interval) }
        if StopSignal.hasCome { return .stopped }
        if let until = question.selection.until, SystemTimeSource().wall > until.nanoseconds &+ Self.interval {
            // One more look for what was committed meanwhile.
            if isOver { return .windowOver }
            isOver = true
        }
        looks += 1
        try scan.suspend()
        if looks.isMultiple(of: Self.looksPerOpening) {
            question.close()
        } else {
            try question.tape().refresh()
        }
        let tape = try question.tape()
        // Whoever says that it has ended has committed everything before.
        isLast = try !tape.isBeingRecorded || !tape.sessions().hasOpenRecording
        try scan.resume(on: tape)
        return nil
    }

    private var isOver = false
}
