import ArgumentParser
import DeviceProtocol
import Foundation
import MQTTWire
import Tape

/// Which messages of a tape are wanted: the same options for every command that reads one.
struct SelectionFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "From this time on: 2026-11-22T14:30:00Z, \"2026-11-22 14:30\", -15m, \"2h ago\", yesterday, @epoch.")
    var since: String?

    @Option(parsing: .unconditional, help: "Until this time, not included.")
    var until: String?

    @Option(parsing: .unconditional, help: "The instant in the middle of the window that --window gives the length of.")
    var around: String?

    @Option(help: "The whole length of the window around --around (default: 10m).")
    var window: String?

    @Option(help: "The time zone for times without one and for the days: Europe/Berlin, UTC.")
    var tz: String = "UTC"

    @Option(help: "A session of the tape by number, or `last`; may be repeated.")
    var session: [String] = []

    @Option(name: .shortAndLong, help: "A device id; may be repeated.")
    var device: [String] = []

    @Option(name: .shortAndLong, help: "An MQTT topic filter (+ and #), one of which must match; may be repeated.")
    var topic: [String] = []

    @Option(help: "An MQTT topic filter that must not match; may be repeated.")
    var exclude: [String] = []

    @Option(help: ArgumentHelp("A kind of message; may be repeated.", discussion: Self.kindList))
    var kind: [String] = []

    private static let kindList = "One of " + MessageKind.allCases.map(\.rawValue).joined(separator: ", ") + "."

    func validate() throws {
        guard window == nil || around != nil else { throw ValidationError("--window belongs to --around.") }
        guard around == nil || (since == nil && until == nil) else {
            throw ValidationError("Give either --around or --since/--until, not both.")
        }
        guard !device.contains("") else {
            throw ValidationError("--device takes the id of a device, and an empty text is none.")
        }
        for kind in kind where MessageKind(rawValue: kind) == nil {
            throw ValidationError("--kind \(kind): no such kind; \(Self.kindList)")
        }
        for session in session where session != "last" && (Int64(session) ?? 0) < 1 {
            throw ValidationError("--session \(session): a session is a number from 1, or `last`.")
        }
        _ = try zone()
        _ = try filters(topic)
        _ = try filters(exclude)
        for text in [since, until, around].compactMap(\.self) { _ = try Self.usage { try TimeExpression.parse(text) } }
        if let window { _ = try Self.usage { try DurationExpression.parse(window) } }
    }

    /// The time zone of `--tz`.
    func zone() throws -> TimeZone {
        guard let zone = TimeZone(identifier: tz) else {
            throw ValidationError("--tz \(tz): no such time zone; for example UTC or Europe/Berlin.")
        }
        return zone
    }

    /// What the options select on a tape.
    ///
    /// Relative times count from the end of the tape, or from the wall clock while it is being recorded.
    ///
    /// Retained messages of the past are left out, unless they are wanted or their session is named.
    func selection(on tape: TapeReader, summary: TapeSummary, withSnapshots: Bool = false) throws -> Selection {
        let wallClock = Timestamp(nanoseconds: SystemTimeSource().wall)
        let end = summary.lastArrival.map { Timestamp(nanoseconds: $0.nanoseconds &+ 1) }
        let now = tape.isBeingRecorded ? wallClock : end ?? wallClock
        let zone = try zone()
        func instant(_ text: String) throws -> Timestamp {
            try Self.usage { try TimeExpression.parse(text).resolve(now: now, zone: zone) }
        }
        var selection = Selection()
        selection.since = try since.map(instant)
        selection.until = try until.map(instant)
        if let around {
            let middle = try instant(around)
            let length = try Self.usage { try DurationExpression.parse(window ?? "10m") }
            selection.since = Timestamp(nanoseconds: middle.nanoseconds &- length / 2)
            selection.until = Timestamp(nanoseconds: middle.nanoseconds &+ length / 2)
        }
        if let since = selection.since, let until = selection.until, since >= until {
            throw ValidationError("The window is empty: it begins at \(since.rfc3339) and ends at \(until.rfc3339).")
        }
        selection.devices = Set(device.map { DeviceID($0) })
        selection.topics = try filters(topic)
        selection.excluded = try filters(exclude)
        selection.kinds = Set(kind.compactMap(MessageKind.init(rawValue:)))
        let sessions = try tape.sessions()
        if session.isEmpty {
            if !withSnapshots { selection.sessions.leftOut = Set(sessions.filter(\.isSnapshot).map(\.id)) }
        } else {
            let known = sessions.map(\.id)
            for name in session {
                guard let id = name == "last" ? sessions.lastRecording?.id ?? known.last : Int64(name),
                    known.contains(id)
                else {
                    throw ValidationError("--session \(name): the tape has sessions 1 to \(known.last ?? 0).")
                }
                selection.sessions.chosen.insert(id)
            }
        }
        return selection
    }

    private func filters(_ texts: [String]) throws -> [TopicFilter] {
        try texts.map { text in try Self.usage { try TopicFilter(text) } }
    }

    /// Turns a grammar's own error into one of usage.
    private static func usage<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw ValidationError("\(error)") }
    }
}
