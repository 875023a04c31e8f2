public import MQTTSession
public import Tape

/// Keeps a replay away from the brokers that its tape was recorded from.
public struct SourceGuard: Sendable {
    private struct Source {
        var session: Int64
        var broker: String
        var endpoints: Set<Endpoint>
    }
    private let sources: [Source]

    /// Collects the addresses of all sessions: their URLs, what those stand for now, and the peers seen then.
    ///
    /// - Parameters:
    ///   - sessions: the sessions of the tape.
    ///   - resolve: every `address:port` that an address stands for.
    public init(
        sessions: [Session], resolve: (BrokerAddress) -> [String] = { $0.resolved() }
    ) {
        var resolved: [String: Set<Endpoint>] = [:]
        sources = sessions.map { session in
            var endpoints = Set(session.brokerAddresses.compactMap { Endpoint($0) })
            if let broker = session.broker {
                if resolved[broker] == nil {
                    let address = try? BrokerAddress(broker)
                    resolved[broker] = address.map { Self.endpoints(of: $0, resolve) } ?? []
                }
                endpoints.formUnion(resolved[broker] ?? [])
            }
            return Source(session: session.id, broker: session.broker ?? "an unknown broker", endpoints: endpoints)
        }
    }

    /// The session that a target is the source of; nil if there is none.
    public func match(
        _ target: BrokerAddress, resolve: (BrokerAddress) -> [String] = { $0.resolved() }
    ) -> SourceMatch? {
        match(Self.endpoints(of: target, resolve), target: target.description)
    }

    /// The session that the far end of a connection is the source of.
    ///
    /// - Parameters:
    ///   - peer: `address:port` or a socket's path.
    ///   - target: the URL that led there.
    /// - Returns: nil if there is none.
    public func match(peer: String, target: BrokerAddress) -> SourceMatch? {
        match(Set([Endpoint(peer)].compactMap(\.self)), target: target.description)
    }

    private func match(_ endpoints: Set<Endpoint>, target: String) -> SourceMatch? {
        sources.last { !$0.endpoints.isDisjoint(with: endpoints) }
            .map { SourceMatch(target: target, session: $0.session, broker: $0.broker) }
    }

    private static func endpoints(of address: BrokerAddress, _ resolve: (BrokerAddress) -> [String]) -> Set<Endpoint> {
        Set([Endpoint(address)] + resolve(address).compactMap { Endpoint($0) })
    }
}

/// A target that is the broker of a recorded session.
public struct SourceMatch: Sendable, Hashable, CustomStringConvertible {
    /// The target's URL.
    public var target: String
    /// The session that was recorded from there.
    public var session: Int64
    /// The URL that the session was recorded from.
    public var broker: String

    /// One sentence for a person.
    public var description: String {
        "\(target) is the broker that session \(session) of the tape was recorded from (\(broker)): "
            + "name another one, or add --allow-source"
    }
}
