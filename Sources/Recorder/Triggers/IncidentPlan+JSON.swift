import DeviceProtocol
import JSONScan

/// Incidents as they are kept on the tape until they are cut, so that a kill does not lose them.
extension IncidentPlan {
    /// What is written of some incidents.
    static func text(_ plans: [IncidentPlan]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for plan in plans {
            writer.beginObject()
            writer.key("from")
            writer.int(plan.from.nanoseconds)
            writer.key("until")
            writer.int(plan.until.nanoseconds)
            writer.key("firings")
            writer.int(plan.firings)
            if let since = plan.failingSince {
                writer.key("failing_since")
                writer.int(since.nanoseconds)
            }
            writer.key("reasons")
            writer.beginArray()
            for reason in plan.reasons { reason.append(to: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Reads what an earlier recording wrote; what is not understood is left out.
    ///
    /// - Parameters:
    ///   - text: what stands on the tape.
    ///   - moment: now.
    ///   - longest: the longest time, ns, that an incident may still go on.
    /// - Returns: the incidents.
    static func read(_ text: String, now moment: TriggerMoment, longest: Int64) -> [IncidentPlan] {
        guard let value = try? JSONValue.parse(Array(text.utf8)), let elements = value.elements else { return [] }
        return elements.compactMap { value in
            guard let from = value["from"]?.number?.int64, let until = value["until"]?.number?.int64, from < until
            else {
                return nil
            }
            let reasons = (value["reasons"]?.elements ?? []).prefix(manyReasons).compactMap(TriggerReason.init(json:))
            let (left, isFar) = until.subtractingReportingOverflow(moment.wall)
            var plan = IncidentPlan(
                from: Timestamp(nanoseconds: from), until: Timestamp(nanoseconds: until),
                due: moment.monotonic &+ (isFar ? 0 : max(0, min(left, longest))), reasons: reasons,
                firings: Int(clamping: value["firings"]?.number?.int64 ?? 1))
            plan.failingSince = (value["failing_since"]?.number?.int64).map { Timestamp(nanoseconds: $0) }
            return plan
        }
    }
}

extension TriggerReason {
    fileprivate func append(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("condition")
        writer.string(condition)
        if let device {
            writer.key("device")
            writer.string(device.text)
        }
        if let sequence {
            writer.key("seq")
            writer.int(sequence)
        }
        if let value {
            writer.key("value")
            writer.string(value)
        }
        writer.key("at")
        writer.int(at.nanoseconds)
        writer.endObject()
    }

    fileprivate init?(json value: JSONValue) {
        guard let condition = value["condition"]?.string, let at = value["at"]?.number?.int64 else { return nil }
        self.init(
            condition: condition, device: (value["device"]?.string).map { DeviceID($0) },
            sequence: value["seq"]?.number?.int64, value: value["value"]?.string, at: Timestamp(nanoseconds: at))
    }
}
