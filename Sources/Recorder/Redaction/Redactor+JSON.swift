import DeviceProtocol
import JSONScan

/// Finding secrets in bytes: by the names and places of members where they are JSON, behind names where they are not.
extension Redactor {
    /// What is known of the bytes at hand.
    struct Scope {
        let kind: MessageKind
        /// Whether pointers of the user apply, which count from the root of a payload.
        var usesPointers: Bool
        /// How many texts these bytes are inside of.
        var level = 0

        /// Texts in texts are followed so deep.
        static let deepest = 4

        /// Whether messages of this kind have members that are secret by their place.
        var hasSecretPlaces: Bool { kind == .license || kind == .licenseUpdate || kind == .deviceUpdate }
    }

    /// What of a value is secret, and whether it is one that may be looked for elsewhere.
    struct Verdict {
        var secrecy = SecretNames.Secrecy.none
        var isLearned = false

        static func | (left: Verdict, right: Verdict) -> Verdict {
            Verdict(
                secrecy: max(left.secrecy, right.secrecy), isLearned: left.isLearned || right.isLearned)
        }
    }

    /// An open object or array.
    private struct Frame {
        let isObject: Bool
        /// What holds for everything inside.
        let inherited: Verdict
        /// What the name of the member at hand says.
        var member = Verdict()
        /// The place in an array of the value at hand.
        var index = 0
        /// The name of the member at hand, where pointers are to be followed.
        var name: [UInt8] = []
        /// In `{"name":"password","value":"x"}`: what the name says, the member that it is of, and the value.
        var saying = Verdict()
        var role = Role.none
        var value: JSONToken?
    }

    private enum Role {
        case none, names, holds
    }

    /// Notes in ``edits`` what is to be replaced in bytes.
    mutating func search(_ bytes: [UInt8], _ scope: Scope) {
        let content = Self.content(bytes)
        if !content.isEmpty {
            do throws(JSONError) {
                try walk(bytes.span.extracting(content), scope)
                if content.lowerBound > 0 {
                    edits.translate(from: 0) { $0.lowerBound + content.lowerBound..<$0.upperBound + content.lowerBound }
                }
                return
            } catch {
                edits.removeAll()
            }
        }
        searchLoose(bytes.span, scope)
    }

    /// The bytes without a byte order mark and without NULs and white space at the end, as decoding takes them.
    private static func content(_ bytes: [UInt8]) -> Range<Int> {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var end = bytes.count
        while end > start, [0, 0x20, 0x0A, 0x0D, 0x09].contains(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    // MARK: - JSON

    private mutating func walk(_ text: Span<UInt8>, _ scope: Scope) throws(JSONError) {
        var tokenizer = JSONTokenizer()
        var frames: [Frame] = []
        while let token = try tokenizer.next(in: text) {
            switch token.kind {
            case .key:
                note(token, text, scope, &frames)
                examine(token, text, scope, isName: true)
                continue
            case .beginObject, .beginArray:
                frames.append(Frame(isObject: token.kind == .beginObject, inherited: verdict(frames, scope)))
                continue
            case .endObject, .endArray: frames.removeLast()
            case .string, .number: value(token, text, scope, &frames)
            case .true, .false, .null: break
            }
            if let last = frames.indices.last { frames[last].index += 1 }
        }
    }

    /// Takes note of a member's name.
    private func note(_ token: JSONToken, _ text: Span<UInt8>, _ scope: Scope, _ frames: inout [Frame]) {
        guard let last = frames.indices.last else { return }
        if token.hasEscapes {
            let name = Array(token.string(in: text).utf8)
            note(name.span, scope, depth: frames.count, &frames[last])
        } else {
            note(text.extracting(token.range), scope, depth: frames.count, &frames[last])
        }
    }

    private func note(_ name: Span<UInt8>, _ scope: Scope, depth: Int, _ frame: inout Frame) {
        let secrecy = names.secrecy(of: name)
        frame.member = Verdict(secrecy: secrecy, isLearned: secrecy > .none)
        if scope.hasSecretPlaces, scope.level < 2 {
            frame.member = frame.member | Self.verdict(onPlace: name, scope.kind, depth: depth)
        }
        frame.role = Self.role(of: name)
        if frame.role == .holds { frame.member = frame.member | frame.saying }
        if scope.usesPointers { frame.name = Array(copying: name) }
    }

    /// What is secret by its place: keys of licences, and what devices tell of themselves.
    private static func verdict(onPlace name: Span<UInt8>, _ kind: MessageKind, depth: Int) -> Verdict {
        if kind == .deviceUpdate {
            // Numbers stay: a figure made up would be taken for one that was measured.
            return depth == 1 && SecretNames.equals(name, "details") ? Verdict(secrecy: .texts) : Verdict()
        }
        return depth <= 2 && (SecretNames.equals(name, "data") || SecretNames.equals(name, "signature"))
            ? Verdict(secrecy: .all) : Verdict()
    }

    private static func role(of name: Span<UInt8>) -> Role {
        if SecretNames.equals(name, "value") { return .holds }
        if SecretNames.equals(name, "name") || SecretNames.equals(name, "key") || SecretNames.equals(name, "property")
            || SecretNames.equals(name, "field")
        {
            return .names
        }
        return .none
    }

    /// What is secret of the value at hand.
    private func verdict(_ frames: [Frame], _ scope: Scope) -> Verdict {
        var verdict = Verdict()
        if let frame = frames.last { verdict = frame.isObject ? frame.inherited | frame.member : frame.inherited }
        if scope.usesPointers, rules.places.contains(where: { Self.leads($0, to: frames) }) {
            verdict = verdict | Verdict(secrecy: .all, isLearned: true)
        }
        return verdict
    }

    /// Whether a pointer is that of the value at hand (RFC 6901 §4).
    private static func leads(_ place: [String], to frames: [Frame]) -> Bool {
        place.count == frames.count
            && zip(place, frames).allSatisfy { token, frame in
                frame.isObject
                    ? token.utf8.elementsEqual(frame.name) : token.utf8.elementsEqual(String(frame.index).utf8)
            }
    }

    private mutating func value(_ token: JSONToken, _ text: Span<UInt8>, _ scope: Scope, _ frames: inout [Frame]) {
        let verdict = verdict(frames, scope)
        let last = frames.indices.last
        if verdict.secrecy > .none, replace(token, text, verdict) { return }
        if token.kind == .string {
            var inner = scope
            // Pointers count from the root, which is inside of the text where the whole payload is one.
            inner.usesPointers = scope.usesPointers && frames.isEmpty
            examine(token, text, inner, isName: false)
        }
        guard let last, frames[last].isObject else { return }
        switch frames[last].role {
        case .none: break
        case .holds: frames[last].value = token
        case .names:
            guard token.kind == .string else { break }
            let name = token.string(in: text)
            let secrecy = names.secrecy(of: name.utf8Span.span)
            guard secrecy > .none else { break }
            frames[last].saying = Verdict(secrecy: secrecy, isLearned: true)
            if let value = frames[last].value { _ = replace(value, text, frames[last].saying) }
        }
    }

    /// Puts a placeholder in the place of a whole value; false where it is none that can be secret.
    private mutating func replace(_ token: JSONToken, _ text: Span<UInt8>, _ verdict: Verdict) -> Bool {
        if token.kind == .number {
            guard verdict.secrecy == .all else { return false }
            edits.replace(token.range, with: number(for: Array(copying: text.extracting(token.range))), .members)
            return true
        }
        let secret =
            token.hasEscapes ? EscapedText(text, token.range).bytes : Array(copying: text.extracting(token.range))
        guard !secret.isEmpty, !RedactedText.isPlaceholder(secret) else { return true }
        edits.replace(token.range, with: placeholder(of: secret), .members)
        if verdict.isLearned, secret.count >= SecretTable.longLength { learn(secret, isKey: false) }
        return true
    }

    // MARK: - Texts

    /// Looks into a text or name: for JSON in it, for addresses, and for known secrets.
    private mutating func examine(_ token: JSONToken, _ text: Span<UInt8>, _ scope: Scope, isName: Bool) {
        guard token.hasEscapes else {
            let before = edits.count
            find(in: text.extracting(token.range), scope)
            edits.translate(from: before) { $0.lowerBound + token.start..<$0.upperBound + token.start }
            return
        }
        let inner = EscapedText(text, token.range)
        let before = edits.count
        if isName || !unwrap(inner, scope) { find(in: inner.bytes.span, scope) }
        edits.translate(from: before) { inner.literal($0) }
    }

    /// Looks into the JSON that a text holds; false when it holds none.
    private mutating func unwrap(_ inner: EscapedText, _ scope: Scope) -> Bool {
        let first = inner.bytes.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        let isNested = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
        guard isNested, scope.level < Scope.deepest else { return false }
        let before = edits.count
        var scope = scope
        scope.level += 1
        do throws(JSONError) {
            try walk(inner.bytes.span, scope)
            return true
        } catch {
            edits.removeSuffix(from: before)
            return false
        }
    }

    /// Notes addresses' secrets, and known secrets.
    private mutating func find(in text: Span<UInt8>, _ scope: Scope) {
        for range in SecretAddresses.secrets(in: text, names, isSigned: scope.kind == .command) {
            edits.replace(range, with: placeholder(of: Array(copying: text.extracting(range))), .addresses)
        }
        for match in text.withUnsafeBytes({ table.matches(in: $0) }) {
            edits.replace(match.range, with: match.placeholder, .literals)
        }
    }

    // MARK: - No JSON

    private mutating func searchLoose(_ text: Span<UInt8>, _ scope: Scope) {
        for range in LooseSecrets.values(in: text, names) {
            edits.replace(range, with: placeholder(of: Array(copying: text.extracting(range))), .members)
        }
        find(in: text, scope)
    }
}

extension Array where Element == UInt8 {
    /// The bytes of a span.
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
