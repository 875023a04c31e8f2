import CLinux
import DeviceProtocol
import MQTTSession
import Tape

/// Waiting for a broker that is down when the recorder starts, as one that runs by itself has to.
extension Recorder {
    /// Connects for the first time; with ``RecordOptions/waitsForBroker`` as often as it takes.
    ///
    /// The time until then stands in the ledger: on a tape that goes on, in the row since the last session; on a new
    /// one in a row of its own.
    func firstConnection() throws(RecorderError) -> (BrokerConnection, ConnectionAcknowledgement) {
        let began = Timestamp(nanoseconds: clock.wall(time.monotonic))
        while true {
            do {
                let connected = try connectFirst()
                backoff.reset()
                if let pause = writer.pause { statistics.measures.ledger[pause.rawValue, default: 0] += 1 }
                if let firstWait, writer.wasCreated {
                    try addGap(.disconnected, from: began, detail: firstWait)
                }
                return connected
            } catch .connection(let error) where options.waitsForBroker && error.isTransient && endReason == nil {
                firstWait = "the recorder waited since \(began.rfc3339) for the broker: \(error)"
                waitForNextAttempt(after: error)
            }
        }
    }

    /// Nothing is on the tape yet, so that all there is to look after is the clock and whoever watches over us.
    private func waitForNextAttempt(after error: ConnectionError) {
        let wait = backoff.next()
        report(.disconnected(reason: error.description, retryIn: wait))
        let deadline = time.monotonic + wait
        while time.monotonic < deadline, endReason == nil {
            let until = min(deadline, nextUpkeep)
            _ = tapedeck_poll(-1, false, false, wake, until - time.monotonic)
            guard time.monotonic >= nextUpkeep else { continue }
            nextUpkeep = time.monotonic + Self.upkeepInterval
            if let change = clock.check() { offsets = [change] }
            statistics.elapsed = time.monotonic - startedAt
            report(.progress(statistics))
        }
    }
}
