import DeviceProtocol
import Foundation
import Query
import Tape
import Terminal

extension TapeQuestion {
    /// Says, of an answer without rows, why that may be: the nearest thing to what was asked for.
    ///
    /// - Parameters:
    ///   - noun: what a row would have been, in the plural.
    ///   - kinds: the kinds of message that rows come from; empty for all.
    ///   - metrics: the patterns for metrics that were asked for.
    ///   - otherMetrics: metrics that the selected messages had.
    ///   - isByTopic: whether a message counts only for the device in its topic.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    func explainNothing(
        _ noun: String, kinds: Set<MessageKind> = [], metrics: [Glob] = [], otherMetrics: Set<String> = [],
        isByTopic: Bool = false
    ) throws {
        let reasons = try reasonsForNothing(
            noun, kinds: kinds, metrics: metrics, otherMetrics: otherMetrics, isByTopic: isByTopic)
        for reason in reasons { Notes.note(reason) }
    }

    /// The sentences of ``explainNothing(_:kinds:metrics:otherMetrics:isByTopic:)``, one at least.
    func reasonsForNothing(
        _ noun: String, kinds: Set<MessageKind> = [], metrics: [Glob] = [], otherMetrics: Set<String> = [],
        isByTopic: Bool = false
    ) throws -> [String] {
        guard summary.messages > 0 else { return ["no \(noun): the tape is empty"] }
        if let miss = window.miss { return ["no \(noun): the window \(miss)"] }
        let activity = try tape().activity()
        let known = Set(activity.compactMap(\.device))
        let unnamed = selection.devices.subtracting(known)
        let inPayloads = try devicesInPayloads(unnamed)
        let unknown = unnamed.subtracting(inPayloads).sorted()
        var reasons = unknown.prefix(5).map { device in
            "no device \(quote(device.text)) \(window.place ?? "on this tape")"
                + suggest(device.text, known.map(\.text))
        }
        if isByTopic {
            reasons += inPayloads.sorted().prefix(5).map { device in
                "no topic names device \(quote(device.text)); its samples stand under other devices' topics: "
                    + "tapedeck query telemetry \(shellWord(path)) -d \(shellWord(device.text))"
            }
        }
        if !reasons.isEmpty { return reasons }
        if !otherMetrics.isEmpty {
            return metrics.prefix(5).map { metric in
                "no metric \(quote(metric.text)) \(placeOfMetrics)"
                    + suggest(metric, otherMetrics)
            }
        }
        // The catalogue counts by topic and knows nothing of devices that only payloads name.
        if inPayloads.isEmpty, let reason = reason(kinds, activity) { return ["no \(noun): \(reason)"] }
        return ["no \(noun) \(window.place.map { $0 + " " } ?? "")match"]
    }

    /// Those of the devices that have samples in the window under topics of others.
    private func devicesInPayloads(_ devices: Set<DeviceID>) throws -> Set<DeviceID> {
        guard !devices.isEmpty else { return [] }
        var wanted = Selection()
        wanted.since = selection.since
        wanted.until = selection.until
        wanted.sessions = selection.sessions
        wanted.devices = devices
        var stream = try TelemetryStream(try tape(), wanted, metrics: [])
        var found: Set<DeviceID> = []
        while found.count < devices.count, let row = try stream.next() {
            if let device = row.device { found.insert(device) }
        }
        return found
    }

    /// What the wanted devices have instead of messages of the wanted kinds.
    private func reason(_ kinds: Set<MessageKind>, _ activity: [Activity]) -> String? {
        let kinds = kinds.isEmpty ? selection.kinds : kinds
        guard !kinds.isEmpty else { return nil }
        let own = activity.filter { row in
            selection.devices.isEmpty || row.device.map { selection.devices.contains($0) } ?? false
        }
        guard !own.contains(where: { kinds.contains($0.kind) }) else { return nil }
        let wanted = kinds.map(\.rawValue).sorted().joined(separator: " or ")
        let there = Set(own.map(\.kind.rawValue)).sorted().joined(separator: ", ")
        let whose = selection.devices.isEmpty ? "on this tape" : "of the device on this tape"
        return "no message of kind \(wanted) \(whose)" + (there.isEmpty ? "" : "; there are \(there)")
    }

    /// Where metrics were looked for: not everywhere, when messages were selected by more than time and session.
    private var placeOfMetrics: String {
        guard selection.devices.isEmpty, selection.topics.isEmpty, selection.excluded.isEmpty else {
            return "in the selected messages"
        }
        return window.place ?? "on this tape"
    }

    /// Metrics that only differ in case, else those that are spelled nearly like it.
    private func suggest(_ metric: Glob, _ candidates: Set<String>) -> String {
        let folded = Glob(metric.text.lowercased())
        let sameButCase = candidates.filter { folded.matches($0.lowercased()) }.sorted()
        guard !sameButCase.isEmpty else { return suggest(metric.text, candidates) }
        let verb = sameButCase.count == 1 ? "is" : "are"
        return "; letter case counts: there \(verb) \(sameButCase.prefix(3).map(quote).joined(separator: ", "))"
    }

    private func suggest(_ name: String, _ candidates: some Sequence<String>) -> String {
        let nearest = SimilarNames.nearest(to: name, in: candidates)
        return nearest.isEmpty ? "" : "; did you mean \(nearest.map(quote).joined(separator: ", "))?"
    }

    private func quote(_ text: String) -> String {
        "`" + DisplayText(text, glyphs: glyphs).cut(to: 80, glyphs: glyphs).text + "`"
    }

    /// A text as a word of a shell's command line.
    private func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:+@%,=".utf8.contains(byte)
            }
        }
        let safe = DisplayText(text, glyphs: glyphs).text
        return isPlain && !text.isEmpty ? safe : "'" + safe.replacing("'", with: #"'\''"#) + "'"
    }
}
