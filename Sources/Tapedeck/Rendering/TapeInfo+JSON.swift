import DeviceProtocol
import JSONScan
import Query
import Tape

extension TapeInfo {
    /// The whole as one JSON object on a line; what is absent is left out.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("path", path)
        writer.member("format", summary.formatVersion)
        writer.key("being_recorded")
        writer.bool(isBeingRecorded)
        writer.member("messages", summary.messages)
        writer.member("bytes", summary.bytes)
        writer.member("file_bytes", summary.fileSize)
        if let ratio {
            writer.key("ratio")
            writer.raw(OutputValue.decimal(Int64(min(ratio, 1e9) * 1e9), unit: 1_000_000_000).utf8)
        }
        writer.member("first", summary.firstArrival)
        writer.member("last", summary.lastArrival)
        writer.seconds("recorded_s", recordedTime)
        if recordedTime > 0 {
            writer.key("messages_per_s")
            writer.double(Double(summary.messages) / (Double(recordedTime) / 1e9))
        }
        writer.member("devices", summary.devices)
        writer.objects("sessions", sessions) { $0.write($1) }
        writer.objects("kinds", kinds) { writer, kind in
            writer.member("kind", kind.kind.rawValue)
            writer.member("messages", kind.messages)
            writer.member("bytes", kind.bytes)
        }
        writer.objects("busiest_devices", busiestDevices) { writer, device in
            writer.member("device", device.device.text)
            writer.member("messages", device.messages)
            writer.member("last_seen", device.lastSeen)
        }
        writer.objects("gaps", gaps) { $0.write($1) }
        writer.objects("clock_steps", clockSteps) { writer, step in
            writer.member("session", step.session)
            writer.member("cause", step.cause)
            writer.member("time", step.at)
            writer.key("change_ms")
            writer.raw(OutputValue.decimal(step.change, unit: 1_000_000).utf8)
        }
        writer.objects("marks", marks) { writer, mark in
            writer.member("time", mark.at)
            writer.member("text", mark.text)
        }
        writer.endObject()
        writer.newline()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: String, _ value: Timestamp?) {
        member(key, value?.rfc3339)
    }

    fileprivate mutating func seconds(_ key: String, _ nanoseconds: Int64) {
        self.key(key)
        raw(OutputValue.decimal(nanoseconds, unit: 1_000_000_000).utf8)
    }

    fileprivate mutating func objects<Element>(
        _ key: String, _ elements: [Element], _ members: (inout JSONWriter, Element) -> Void
    ) {
        self.key(key)
        beginArray()
        for element in elements {
            beginObject()
            members(&self, element)
            endObject()
        }
        endArray()
    }

    /// Writes what the catalogue keeps as JSON text; left out should it be none.
    fileprivate mutating func catalogueJSON(_ key: String, _ text: String) {
        guard let value = try? JSONValue.parse(Array(text.utf8)) else { return }
        self.key(key)
        self.value(value)
    }

    fileprivate mutating func write(_ session: Session) {
        member("session", session.id)
        member("source", session.source)
        member("broker", session.broker)
        key("broker_addresses")
        beginArray()
        for address in session.brokerAddresses { string(address) }
        endArray()
        member("client_id", session.clientID)
        member("recorder", session.recorder)
        member("started_at", session.startedAt)
        member("alive_at", session.aliveAt)
        member("ended_at", session.endedAt)
        member("end_reason", session.endReason)
        member("messages", session.messages)
        member("bytes", session.bytes)
        member("duplicates", session.duplicates)
        member("redactions", session.redactions)
        catalogueJSON("filters", session.filters)
        catalogueJSON("options", session.options)
        catalogueJSON("tags", session.tags)
    }

    fileprivate mutating func write(_ gap: Gap) {
        member("session", gap.session)
        member("cause", gap.cause)
        member("began_at", gap.beganAt)
        member("ended_at", gap.endedAt)
        member("missing", gap.missing)
        member("detail", gap.detail)
    }
}
