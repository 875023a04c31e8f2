import DeviceProtocol
import JSONScan

/// Changes values inside of a payload at their bytes; everything else comes out as it went in.
struct PayloadEditor {
    /// What is to be done with one payload.
    struct Task {
        var sequence: Int64
        var kind: MessageKind
        var copy: Int
        var shift: TimestampShift?
        var freshIDs: FreshIDs?
        /// The ids of this message, which are replaced wherever they occur in it.
        var ids: TokenTable?
        /// The ids of the device, whose key takes the place of a placeholder.
        var keyDevices: [DeviceID] = []
        var credentials: Credentials?
        /// Whether devices that nobody knows get other ids where a member says that it holds one.
        var renamesUnknown = false

        /// The names of members that state a time.
        fileprivate var timeNames: [StaticString] { shift == nil ? [] : TimestampFields.names(of: kind) }
    }

    var names: DeviceNames
    var counts = TransformationCounts()
    /// What was touched in the payload edited last.
    var values = MessageValues()

    var edits = PayloadEdits()
    var matches: [TokenTable.Match] = []
    /// Names of members that are looked at in the payload at hand.
    private var timeNames: [StaticString] = []

    init(names: DeviceNames) {
        self.names = names
    }

    /// The payload with its values changed; nil when nothing is to be changed.
    mutating func edit(_ payload: [UInt8], _ task: Task) -> [UInt8]? {
        edits.removeAll()
        values = MessageValues()
        timeNames = task.timeNames
        let content = Self.content(payload)
        if !content.isEmpty {
            do throws(JSONError) {
                try walk(payload.span.extracting(content), task, isInner: false)
                if content.lowerBound > 0 {
                    edits.translate(from: 0) { $0.lowerBound + content.lowerBound..<$0.upperBound + content.lowerBound }
                }
            } catch {
                edits.removeAll()
                values = MessageValues()
                scanPlain(payload, task)
            }
        }
        return edits.isEmpty ? nil : edits.applied(to: payload)
    }

    /// The bytes without a byte order mark and without NULs and white space at the end, as decoding takes them.
    static func content(_ payload: [UInt8]) -> Range<Int> {
        let start = payload.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var end = payload.count
        while end > start, [0, 0x20, 0x0A, 0x0D, 0x09].contains(payload[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Looks for ids in bytes that are no JSON.
    private mutating func scanPlain(_ payload: [UInt8], _ task: Task) {
        if !timeNames.isEmpty { counts.leave(.shiftTime, .notJSON) }
        replaceTokens(payload.span, 0..<payload.count, .plain, task, place: "payload")
    }

    // MARK: - JSON

    private mutating func walk(_ text: Span<UInt8>, _ task: Task, isInner: Bool) throws(JSONError) {
        var tokenizer = JSONTokenizer()
        var path = MemberPath()
        while let token = try tokenizer.next(in: text) {
            path.note(token, depth: tokenizer.depth, in: text)
            switch token.kind {
            case .key:
                replaceTokens(text, token.range, .jsonName, task, place: "payload")
            case .string:
                if tokenizer.depth == 0, !isInner, unwrap(text, token, task) { continue }
                value(text, token, path, task, isInner: isInner)
            case .number:
                number(text, token, path, task)
            case .true, .false, .beginObject, .beginArray:
                if timeName(path, text, task) != nil { counts.leave(.shiftTime, .notATime) }
            case .endObject, .endArray, .null: break
            }
            path.passed(token)
        }
    }

    /// Edits the JSON that a string holds; false when it holds none.
    private mutating func unwrap(_ text: Span<UInt8>, _ token: JSONToken, _ task: Task) -> Bool {
        let inner = EscapedText(text, token.range)
        let first = inner.bytes.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
        let known = (edits.count, values)
        do throws(JSONError) {
            try walk(inner.bytes.span, task, isInner: true)
        } catch {
            edits.removeSuffix(from: known.0)
            values = known.1
            return false
        }
        edits.translate(from: known.0) { inner.literal($0) }
        return true
    }

    private mutating func value(
        _ text: Span<UInt8>, _ token: JSONToken, _ path: MemberPath, _ task: Task, isInner: Bool
    ) {
        let content = text.extracting(token.range)
        if !task.keyDevices.isEmpty, Placeholder.matches(content) {
            return putKey(text, token, path, task, isInner: isInner)
        }
        if let shift = task.shift, let name = timeName(path, text, task) {
            return move(text, token, shift, name, task)
        }
        if let freshIDs = task.freshIDs, isID(path, text, task) {
            return renew(text, token, freshIDs, task)
        }
        let found = edits.count
        replaceTokens(text, token.range, .jsonValue, task, place: "payload")
        if task.renamesUnknown, edits.count == found, token.start < token.end, path.namesDevice(text) {
            let id = Array(Self.text(text, token).utf8)
            let target = names.target(of: id.span, copy: task.copy)
            guard !target.elementsEqual(id) else { return }
            note(.mapDevice, task, "payload device", id, target)
            edits.replace(token.range, with: Self.escaped(target))
            values.devices += 1
        }
    }

    private mutating func number(_ text: Span<UInt8>, _ token: JSONToken, _ path: MemberPath, _ task: Task) {
        if let shift = task.shift, let name = timeName(path, text, task) {
            return move(text, token, shift, name, task)
        }
        guard let freshIDs = task.freshIDs, isID(path, text, task) else { return }
        guard FreshIDs.number(text.extracting(token.range)) != nil else {
            return counts.leave(.freshIDs, .notAnID)
        }
        renew(text, token, freshIDs, task)
    }

    private func timeName(_ path: MemberPath, _ text: Span<UInt8>, _ task: Task) -> StaticString? {
        guard !timeNames.isEmpty, let name = path.field(task.kind) else { return nil }
        return timeNames.first { name.equals($0, in: text) }
    }

    private func isID(_ path: MemberPath, _ text: Span<UInt8>, _ task: Task) -> Bool {
        task.kind.hasConversationID && path.field(task.kind)?.equals("id", in: text) ?? false
    }

    private mutating func move(
        _ text: Span<UInt8>, _ token: JSONToken, _ shift: TimestampShift, _ name: StaticString, _ task: Task
    ) {
        do throws(TimestampShift.Obstacle) {
            let moved: [UInt8]
            if token.hasEscapes {
                let plain = Array(Self.text(text, token).utf8)
                moved = try shift.moved(plain.span)
            } else {
                moved = try shift.moved(text.extracting(token.range))
            }
            if counts.collectsExamples {
                note(.shiftTime, task, "payload \(name)", Array(Self.text(text, token).utf8), moved)
            }
            edits.replace(token.range, with: moved)
            values.times += 1
        } catch {
            switch error {
            case .notATime: counts.leave(.shiftTime, .notATime)
            case .unsetClock: counts.leave(.shiftTime, .unsetClock)
            case .outOfRange: counts.leave(.shiftTime, .outOfRange)
            }
        }
    }

    private mutating func renew(_ text: Span<UInt8>, _ token: JSONToken, _ freshIDs: FreshIDs, _ task: Task) {
        let id = Array(Self.text(text, token).utf8)
        guard let fresh = freshIDs.replacement(for: id.span, copy: task.copy) else {
            return counts.leave(.freshIDs, .notAnID)
        }
        note(.freshIDs, task, "payload id", id, fresh)
        edits.replace(token.range, with: fresh)
        values.ids += 1
    }

    private mutating func putKey(
        _ text: Span<UInt8>, _ token: JSONToken, _ path: MemberPath, _ task: Task, isInner: Bool
    ) {
        guard let name = path.name, KeySubstitution.isAccessKey(name.string(in: text)),
            let key = task.credentials?.key(ofFirst: task.keyDevices)
        else { return }
        let escaped = Self.escaped(Array(key.utf8))
        guard !isInner || !escaped.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return
        }
        note(.credentials, task, "payload access key", Array("redacted:…".utf8), Array("(the key)".utf8))
        edits.replace(token.range, with: escaped)
        values.keys += 1
    }

    mutating func note(
        _ kind: TransformationCounts.Kind, _ task: Task, _ place: @autoclosure () -> String, _ before: [UInt8],
        _ after: [UInt8]
    ) {
        counts.example(
            kind == .mapDevice && task.copy > 0 ? .fanOut : kind, sequence: task.sequence, place: place(),
            before: before, after: after)
    }

    private static func text(_ text: Span<UInt8>, _ token: JSONToken) -> String { token.string(in: text) }

    /// Bytes of a text as they stand between the quotes of a JSON string.
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(utf8: text.span)
        return Array(writer.bytes.dropFirst().dropLast())
    }
}
