import DeviceProtocol
import JSONScan
import MQTTWire

extension ReplayReport {
    /// The report as one JSON object: times in milliseconds, lateness in microseconds.
    ///
    /// - Parameter plan: what was to be replayed; it adds what was skipped and what became of redacted values.
    /// - Returns: UTF-8 on one line, without its end.
    public func json(plan: ReplayPlan) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer, plan)
        writer.endObject()
        return writer.bytes
    }

    private func write(_ writer: inout JSONWriter, _ plan: ReplayPlan) {
        writer.member("ended", endingName)
        if let reason = ending.reason { writer.member("reason", reason) }
        writer.member("complete", isComplete)
        writer.member("planned", planned)
        writer.member("sent", sent)
        writer.member("sent_bytes", sentBytes)
        writer.member("acknowledged", acknowledged)
        writer.member("unacknowledged", unacknowledged)
        writer.member("refused", refused)
        writer.member("unsendable", unsendable)
        writer.member("unsent", unsent)
        writer.member("repeated", repeated)
        writer.member("lowered_qos", loweredQoS)
        plan.writeChanges(to: &writer)
        pace.write(to: &writer)
        if pace != .maximum { writer.milliseconds("planned_duration_ms", plannedDuration) }
        writer.milliseconds("duration_ms", duration)
        writer.key("messages_per_second")
        writer.double((rate * 10).rounded() / 10)
        if let plannedRate {
            writer.key("planned_messages_per_second")
            writer.double((plannedRate * 10).rounded() / 10)
        }
        writer.member("connections", connections)
        writer.member("disconnections", disconnections)
        writer.milliseconds("outage_ms", outage)
        if lostDevices > 0 { writer.member("lost_devices", lostDevices) }
        if capped > 0 { writer.member("capped", capped) }
        if paused > 0 { writer.milliseconds("paused_ms", paused) }
        if seeks > 0 { writer.member("seeks", seeks) }
        if rateChanges > 0 { writer.member("rate_changes", rateChanges) }
        if let closedLoop { closedLoop.write(to: &writer) }
        guard let lateness else { return }
        writer.key("lateness_us")
        writer.beginObject()
        writer.member("p50", lateness.p50 / 1_000)
        writer.member("p90", lateness.p90 / 1_000)
        writer.member("p99", lateness.p99 / 1_000)
        writer.member("p99_9", lateness.p999 / 1_000)
        writer.member("max", lateness.maximum / 1_000)
        writer.endObject()
        writer.member("later_than_10ms", lateness.overTenMilliseconds)
        writer.member("kept_up", keptUp)
    }

    private var endingName: String {
        switch ending {
        case .completed: "completed"
        case .interrupted: "interrupted"
        case .connectionLost: "connection_lost"
        case .silence: "silence"
        case .tapeFailed: "tape_failed"
        }
    }
}

extension ReplayPlan {
    /// The plan as one JSON object.
    ///
    /// - Parameters:
    ///   - pace: how fast it would be replayed.
    ///   - repetition: how often.
    /// - Returns: UTF-8 on one line, without its end.
    public func json(pace: Pace, repetition: Repetition = .once) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("planned", messages)
        writer.member("bytes", bytes)
        if let firstArrival { writer.member("first", firstArrival.rfc3339) }
        if let lastArrival { writer.member("last", lastArrival.rfc3339) }
        writer.milliseconds("recorded_duration_ms", length)
        pace.write(to: &writer)
        if repetition != .once {
            if let rounds = repetition.rounds { writer.member("rounds", rounds) }
            writer.milliseconds("loop_delay_ms", repetition.delay)
        }
        if pace != .maximum, let duration = duration(at: pace, repetition) {
            writer.milliseconds("planned_duration_ms", duration)
        }
        writer.key("qos")
        writer.beginArray()
        for qos in [QualityOfService.atMostOnce, .atLeastOnce, .exactlyOnce] {
            writer.int(messagesByQoS[qos] ?? 0)
        }
        writer.endArray()
        writer.member("retained", retained)
        writeChanges(to: &writer)
        writer.member("damaged_parts", Int64(damages.count))
        writer.key("rows")
        writer.beginArray()
        for row in rows { row.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    fileprivate func writeChanges(to writer: inout JSONWriter) {
        writer.key("skipped")
        writer.beginObject()
        for reason in SkipReason.allCases {
            if let count = skipped[reason] { writer.member(reason.rawValue, count) }
        }
        writer.endObject()
        writer.member("keys_replaced", keysReplaced)
        writer.member("keys_left_out", keysLeftOut)
        writeTransformations(to: &writer)
    }
}

extension Pace {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .rate(let rate):
            writer.key("rate")
            writer.double(rate)
        case .perSecond(let rate):
            writer.key("pps")
            writer.double(rate)
        case .maximum: break
        }
    }
}

extension ReplayReport.ClosedLoop {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.key("wait_for_commands")
        writer.beginObject()
        writer.member("commands", commands)
        writer.member("answers", answers)
        writer.member("released", released)
        writer.member("expired", expired)
        writer.key("missing")
        writer.beginArray()
        for command in missing {
            writer.beginObject()
            writer.member("device", command.device.text)
            writer.member("name", command.name)
            writer.member("id", command.commandID)
            writer.member("seq", command.sequence)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

extension ReplayPlan.Row {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let device { writer.member("device", device.text) }
        writer.member("kind", kind.rawValue)
        writer.member("direction", direction.rawValue)
        writer.member("messages", messages)
        writer.member("bytes", bytes)
        writer.endObject()
    }
}

extension JSONWriter {
    /// Milliseconds with three decimals.
    fileprivate mutating func milliseconds(_ name: String, _ nanoseconds: Int64) {
        key(name)
        double(Double(nanoseconds / 1_000) / 1_000)
    }
}
