/// How long a publisher waits for what, and how much it has on its way.
struct PublisherLimits: Sendable {
    /// Messages of QoS 1 and 2 that wait for an acknowledgement; the broker's receive maximum may lower it.
    var window = 1_000
    /// Bytes of messages on their way.
    var bytes = 16 << 20
    /// For the answer to CONNECT, ns.
    var connectTimeout: Int64 = 10_000_000_000
    /// While messages are on their way: without any of them being written or acknowledged, ns.
    ///
    /// Connecting anew because of that may last as long once more.
    var silence: Int64 = 30_000_000_000
    /// For acknowledgements after the user stopped it, ns.
    var stopGrace: Int64 = 5_000_000_000
    /// Without a connection, ns.
    var outage: Int64 = 300_000_000_000
    /// Connections one after the other that broke before a message was done: what is sent must be the cause.
    var fruitlessConnections = 5
}
