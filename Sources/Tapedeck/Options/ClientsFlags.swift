import ArgumentParser
import MQTTSession
import Recorder

/// Several MQTT clients that record onto one tape: several brokers, or several users of one.
struct ClientsFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A CSV file of MQTT clients that record beside each other, with a header: broker, username, password, "
                + "client_id, topic, cert, key; what a line leaves empty is as the other options say. %u and %c in a "
                + "topic filter stand for the client's user name and id. Only its owner may read it.",
            valueName: "file"))
    var clients: String?

    /// The clients of a recording.
    ///
    /// - Parameters:
    ///   - connection: the brokers, and what is common to all clients.
    ///   - subscription: the filters of those that have none of their own.
    /// - Returns: the clients; at least one.
    /// - Throws: `ValidationError`, ``ClientsFileError``.
    func clients(
        _ connection: ConnectionFlags, _ subscription: SubscriptionFlags
    ) throws -> [RecordOptions.Client] {
        let addresses = try connection.addresses()
        guard let clients else { return try Self.clients(addresses, connection, subscription) }
        guard connection.username == nil, connection.clientID == nil else {
            throw ValidationError(
                "-u (or TAPEDECK_USERNAME) and -i are for one client; --clients has the names of several.")
        }
        guard addresses.count < 2 else {
            throw ValidationError("--broker is for the lines of \(clients) that name no broker: give it once.")
        }
        let file = try ClientsFile(path: clients)
        var seen: [[UInt8]: Int] = [:]
        var common: ConnectionOptions?
        let found = try file.lines.map { line in
            let client = try line.client(
                in: clients, usual: addresses.first, connection, subscription, common: &common)
            // The tape tells the clients' sessions and deliveries apart by their ids.
            let name = Array((client.clientID ?? "\n" + (client.label ?? "")).utf8)
            if let twin = seen.updateValue(line.number, forKey: name) {
                throw ClientsFileError.malformed(
                    path: clients, line: line.number,
                    reason: "it would have the same client id as line \(twin): give it a client_id of its own")
            }
            return client
        }
        // The second client of each, for retained messages and counters, has its name with `-side` behind it.
        for (line, client) in zip(file.lines, found) {
            guard let id = client.clientID, id.hasSuffix("-side"), seen[Array(id.utf8.dropLast(5))] != nil else {
                continue
            }
            throw ClientsFileError.malformed(
                path: clients, line: line.number, reason: "its client_id is that of another line with `-side` behind it"
            )
        }
        return found
    }

    /// One client for each broker.
    private static func clients(
        _ addresses: [BrokerAddress], _ connection: ConnectionFlags, _ subscription: SubscriptionFlags
    ) throws -> [RecordOptions.Client] {
        guard !addresses.isEmpty else { throw ConnectionFlags.noBroker }
        guard Set(addresses).count == addresses.count else {
            throw ValidationError("--broker names a broker twice: every message would be recorded twice.")
        }
        guard connection.clientID == nil || addresses.count == 1 else {
            throw ValidationError("-i names one client: with several brokers each has its own, see --clients.")
        }
        let subscriptions = try subscription.subscriptions()
        // Once: it may read a file, ask for a password, and warn.
        let common = try connection.options(addresses[0], clientID: connection.clientID ?? "tapedeck")
        return addresses.enumerated().map { index, address in
            var options = common
            options.address = address
            return RecordOptions.Client(
                connection: options,
                clientID: connection.clientID,
                // The first keeps its id, and with it what the broker queued, when others join it.
                label: index == 0 ? nil : ClientsFile.label(broker: address.description), subscriptions: subscriptions)
        }
    }
}

extension ClientsFile.Line {
    /// The client that the line describes; `common` is what all of them have from the flags, once that is known.
    fileprivate func client(
        in path: String, usual: BrokerAddress?, _ connection: ConnectionFlags, _ subscription: SubscriptionFlags,
        common: inout ConnectionOptions?
    ) throws -> RecordOptions.Client {
        func invalid(_ reason: String) -> ClientsFileError {
            .malformed(path: path, line: number, reason: reason)
        }
        let named: BrokerAddress?
        do {
            named = try broker.map { text throws(InvalidBrokerAddress) in try BrokerAddress(text) }
        } catch {
            throw invalid("\(error)")
        }
        guard let address = named ?? usual else { throw invalid("it names no broker, and there is no --broker") }
        // Once: it may read a file, and warn.
        var options = try common ?? connection.options(address, clientID: "tapedeck")
        common = options
        options.address = address
        options.clientID = clientID ?? "tapedeck"
        options.username = username
        if let password { options.password = password }
        if certificate != nil {
            guard case .tls = address.transport else { throw invalid("cert and key need mqtts://") }
        }
        if let certificate { options.tls.certificate = certificate }
        if let key { options.tls.key = key }
        var flags = subscription
        if !topics.isEmpty {
            flags.topic = topics
            flags.topicQos = []
        }
        do {
            flags = try flags.replacing(username: username, clientID: clientID)
            try flags.validate()
        } catch {
            throw invalid("\(error)")
        }
        return RecordOptions.Client(
            connection: options, clientID: clientID,
            label: username.map { ClientsFile.label($0) } ?? ClientsFile.label(broker: address.description),
            subscriptions: try flags.subscriptions())
    }
}

extension SubscriptionFlags {
    /// The same with a client's user name and id in the filters.
    fileprivate func replacing(username: String?, clientID: String?) throws -> SubscriptionFlags {
        var flags = self
        for (sign, value, name) in [("%u", username, "user name"), ("%c", clientID, "client_id")] {
            guard (topic + topicQos).contains(where: { $0.contains(sign) }) else { continue }
            guard let value, !value.contains(where: { "+#/".contains($0) }) else {
                throw ValidationError("\(sign) in a topic filter needs a \(name) without +, # and /.")
            }
            flags.topic = flags.topic.map { $0.replacing(sign, with: value) }
            flags.topicQos = flags.topicQos.map { $0.replacing(sign, with: value) }
        }
        return flags
    }
}
