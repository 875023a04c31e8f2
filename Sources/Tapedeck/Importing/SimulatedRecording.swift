import DeviceProtocol
import JSONScan
import Recorder
import Simulator
import Tape

/// Writes a simulated fleet and its cloud onto a tape, without a broker and as fast as it goes.
struct SimulatedRecording {
    /// What was written.
    struct Report {
        /// Messages of devices.
        var fleetMessages = 0
        /// Messages of the cloud.
        var cloudMessages = 0
        /// Messages of devices that were odd on purpose.
        var oddMessages = 0
        /// Messages that MQTT cannot carry; they were left out.
        var unsendableMessages = 0
        /// The number of the session.
        var session: Int64 = 0
        /// Bytes of topics, properties and payloads.
        var bytes: Int64 = 0
        /// Simulated time that was written, ns.
        var length: Int64 = 0
        /// Whether it was stopped before the end.
        var wasStopped = false
        /// Why something could not be sealed; it is on the tape all the same.
        var sealingErrors: [TapeError] = []
    }

    /// What decides on the messages.
    let settings: SimulationSettings
    /// When to end; one of the two is set.
    let limits: SimulationLimits
    /// Program name and version, for the session's record.
    let recorder: String
    /// Whether what is written is to be sealed.
    var seals = true

    /// Between two reports of progress, messages.
    private static let stride = 1_024

    /// Writes everything as a new session.
    ///
    /// - Parameters:
    ///   - path: the tape; made where there is none.
    ///   - isStopping: whether to stop; what was written until then stays.
    ///   - progress: hears now and then how far it is.
    /// - Returns: what was written.
    /// - Throws: ``TapeError``; a tape that was made here is removed again then.
    func write(
        to path: String, isStopping: () -> Bool, progress: (Report) -> Void
    ) throws(TapeError) -> Report {
        let filler = try TapeFiller(path, seals: seals)
        do {
            return try write(to: filler, isStopping, progress)
        } catch {
            _ = filler.abandon(reason: "error")
            throw error
        }
    }

    private func write(
        to filler: TapeFiller, _ isStopping: () -> Bool, _ progress: (Report) -> Void
    ) throws(TapeError) -> Report {
        try filler.begin(session)
        var report = Report()
        report.session = filler.session
        var last = Int64.min
        for publish in SimulatedSession(settings) {
            guard !isOver(report, publish) else { break }
            count(publish, &report)
            guard PublishLimits.fault(inTopic: publish.topic) == nil else {
                report.unsendableMessages += 1
                continue
            }
            // As in a recording no two messages arrive at the same time.
            last = max(settings.start.nanoseconds &+ publish.dueOffset, last &+ 1)
            try filler.append(
                RecordedMessage(
                    sequence: 0, session: 0, arrival: Timestamp(nanoseconds: last), monotonic: last,
                    topic: publish.topic, payload: publish.payload, qos: publish.qos, retain: publish.retain,
                    properties: publish.properties))
            guard filler.messages.isMultiple(of: Int64(Self.stride)) else { continue }
            progress(report)
            report.wasStopped = isStopping()
            if report.wasStopped { break }
        }
        try filler.end(reason: report.wasStopped ? "signal" : "limit")
        report.bytes = filler.bytes
        report.sealingErrors = filler.seal().errors
        return report
    }

    private func isOver(_ report: Report, _ next: SimulatedPublish) -> Bool {
        limits.duration.map { next.dueOffset >= $0 } ?? false
            || limits.count.map { report.fleetMessages >= $0 } ?? false
    }

    private func count(_ publish: SimulatedPublish, _ report: inout Report) {
        switch publish.side {
        case .fleet: report.fleetMessages += 1
        case .cloud: report.cloudMessages += 1
        }
        if publish.side == .fleet, publish.oddity != nil { report.oddMessages += 1 }
        report.length = publish.dueOffset
    }

    private var session: Session {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("devices")
        writer.int(settings.devices)
        writer.key("rate")
        writer.double(settings.rate)
        writer.key("seed")
        writer.raw(String(settings.seed).utf8)
        writer.key("odd")
        writer.double(settings.oddShare)
        writer.key("redaction")
        writer.bool(false)
        writer.endObject()
        return Session(
            source: "simulate", broker: nil, clientID: nil, options: String(decoding: writer.bytes, as: UTF8.self),
            recorder: recorder, startedAt: settings.start)
    }
}
