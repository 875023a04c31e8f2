import DeviceProtocol
import JSONScan

/// Finds the ids of a command, licence or incident in the message that is about it.
enum ConversationIDs {
    /// The ids, with what takes their place; nil when there are none.
    ///
    /// They are what the payload names; where it names none, correlation data that are a UUID, which the vendor's agent
    /// sends.
    static func of(
        _ payload: [UInt8], kind: MessageKind, correlationData: [UInt8]?, freshIDs: FreshIDs, copy: Int
    ) -> TokenTable? {
        guard kind.hasConversationID else { return nil }
        var ids: [[UInt8]] = []
        let content = PayloadEditor.content(payload)
        if !content.isEmpty { collect(payload.span.extracting(content), kind, &ids, isInner: false) }
        if ids.isEmpty, let correlationData, UUIDSpelling(correlationData.span) != nil { ids = [correlationData] }
        var table = TokenTable()
        for id in ids where table.entry(id.span) == nil {
            if let fresh = freshIDs.replacement(for: id.span, copy: copy) { table.add(id, target: fresh) }
        }
        return table.isEmpty ? nil : table
    }

    private static func collect(_ text: Span<UInt8>, _ kind: MessageKind, _ ids: inout [[UInt8]], isInner: Bool) {
        var tokenizer = JSONTokenizer()
        var path = MemberPath()
        while let token = try? tokenizer.next(in: text) {
            path.note(token, depth: tokenizer.depth, in: text)
            if token.kind == .string || token.kind == .number {
                if tokenizer.depth == 0, !isInner {
                    collect(EscapedText(text, token.range).bytes.span, kind, &ids, isInner: true)
                } else if let name = path.field(kind), name.equals("id", in: text) {
                    let id = Array(token.string(in: text).utf8)
                    if token.kind == .string || FreshIDs.number(id.span) != nil { ids.append(id) }
                }
            }
            path.passed(token)
        }
    }
}
