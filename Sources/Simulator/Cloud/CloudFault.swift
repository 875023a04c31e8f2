import JSONScan

/// Something that the cloud does wrong on purpose, once: what a comparison of two recordings should find.
public enum CloudFault: String, Sendable, Hashable, CaseIterable {
    /// The first command with parameters has a wrong one.
    case wrongParameter = "wrong-parameter"
    /// The first configuration that an operator changes is not sent.
    case missingConfig = "missing-config"
    /// The first answer to a device that asks for everything comes two seconds late.
    case lateAnswer = "late-answer"

    /// How late, ns.
    static let lateness: Int64 = 2_000_000_000

    /// Parameters of which the last one is another; nil where there are none.
    static func wrong(_ parameters: JSONValue) -> JSONValue? {
        guard var members = parameters.members, let last = members.popLast() else { return nil }
        return .object(members + [JSONMember(last.key, .string("wrong on purpose"))])
    }
}
