import DeviceProtocol
import Glibc
import Query
import Recorder
import Tape

/// Cuts incident tapes out of the tape that is being recorded.
struct IncidentTape: Sendable {
    /// The tape being recorded.
    let tape: String
    /// Where incident tapes go.
    let folder: String

    /// How far before a window telemetry is followed for the state that held, ns; a ring has not more anyway.
    private static let reach: Int64 = 3_600_000_000_000
    private static let longestWord = 64

    /// Cuts one incident, with the state that held before it as far as the tape still knows it.
    func cut(_ plan: IncidentPlan) throws -> TriggerOptions.Cut {
        let reader = try TapeReader(path: tape, mayBeOpen: true)
        var selection = Selection()
        selection.since = plan.from
        selection.until = plan.until
        let state = try StateBefore(selection, at: plan.from, reach: Self.reach).answer(reader)
        let path = freeName(plan)
        let slicer = TapeSlicer(
            reader, selection, recorder: "tapedeck \(Tapedeck.version)", tags: Self.tags(plan),
            segment: .small)
        let report = try slicer.write(to: path, state: state.messages, start: plan.from)
        let messages = report?.messages ?? 0
        return TriggerOptions.Cut(
            path: messages > 0 ? path : nil, messages: messages, ofState: Int64(state.messages.count))
    }

    /// What is kept with the sessions of an incident tape.
    static func tags(_ plan: IncidentPlan) -> [(String, String?)] {
        let first = plan.reasons.first
        return [
            ("incident_condition", first?.condition), ("incident_device", first?.device?.text),
            ("incident_source_seq", first?.sequence.map { String($0) }), ("incident_value", first?.value),
            ("incident_at", first?.at.rfc3339), ("incident_from", plan.from.rfc3339),
            ("incident_until", plan.until.rfc3339), ("incident_firings", String(plan.firings)),
            (
                "incident_reasons",
                plan.reasons.count > 1
                    ? plan.reasons.map { "\($0.at.rfc3339) \($0)" }.joined(separator: "; ") : nil
            ),
        ]
    }

    private func freeName(_ plan: IncidentPlan) -> String {
        let base = (folder.hasSuffix("/") ? folder : folder + "/") + Self.name(plan)
        var path = base + ".tape"
        var number = 2
        var status = stat()
        while lstat(path, &status) == 0 {
            path = "\(base)-\(number).tape"
            number += 1
        }
        return path
    }

    /// `incident-20261122T143000Z-DEVICE`, or with a word of the condition where it is about no device.
    static func name(_ plan: IncidentPlan) -> String {
        let first = plan.reasons.first
        let time = CivilTime(first?.at ?? plan.from)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(time.year)\(two(time.month))\(two(time.day))"
        let clock = "\(two(time.hour))\(two(time.minute))\(two(time.second))"
        let word = first.map { $0.device?.text ?? Self.word(of: $0.condition) } ?? "incident"
        return "incident-\(day)T\(clock)Z-\(Self.harmless(word))"
    }

    private static func word(of condition: String) -> String {
        String(condition.prefix { $0.isASCII && $0.isLetter })
    }

    /// A device's name may hold anything, and must not lead out of the folder.
    private static func harmless(_ word: String) -> String {
        let bytes = word.utf8.prefix(longestWord).map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"): byte
            default: UInt8(ascii: "_")
            }
        }
        return bytes.isEmpty ? "incident" : String(decoding: bytes, as: UTF8.self)
    }
}
