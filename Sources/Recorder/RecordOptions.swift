public import MQTTSession
public import MQTTWire
public import Tape

/// What to record, from where, onto which tape.
public struct RecordOptions: Sendable {
    /// A topic filter and the QoS to ask for.
    public struct Subscription: Sendable, Hashable {
        /// Which topics.
        public var filter: TopicFilter
        /// The highest QoS at which the broker shall deliver.
        public var qos: QualityOfService

        /// Makes a subscription.
        public init(filter: TopicFilter, qos: QualityOfService) {
            self.filter = filter
            self.qos = qos
        }
    }

    /// One MQTT client that records: whose messages, from which broker.
    public struct Client: Sendable {
        /// How to connect.
        ///
        /// Client id, clean start, session expiry and receive maximum are set by the recorder.
        public var connection: ConnectionOptions
        /// The user's own client id; nil for one that belongs to the tape.
        public var clientID: String?
        /// What tells the id that belongs to the tape from those of the other clients; nil where nothing has to.
        public var label: String?
        /// What to subscribe to.
        public var subscriptions: [Subscription]

        /// Makes a client.
        public init(
            connection: ConnectionOptions, clientID: String? = nil, label: String? = nil, subscriptions: [Subscription]
        ) {
            self.connection = connection
            self.clientID = clientID
            self.label = label
            self.subscriptions = subscriptions
        }
    }

    /// When a batch is committed: as soon as one of these is reached.
    public struct BatchLimits: Sendable, Hashable {
        /// Messages; at most half of the receive maximum, else the broker's window stands still during a commit.
        public var messages = 480
        /// Bytes before compression.
        public var bytes = 1 << 20
        /// Age of the oldest message, ns.
        public var age: Int64 = 50_000_000

        /// The measured defaults.
        public init() {}
    }

    /// The tape file.
    public var path: String
    /// Who records; at least one.
    ///
    /// All of them write onto the one tape, each into a session of its own.
    public var clients: [Client]
    /// Batch limits.
    public var batch = BatchLimits()
    /// How long the broker shall keep our session, and queue for it, while we are away, in seconds.
    public var sessionExpiry: UInt32 = 86_400
    /// How many unacknowledged messages the broker may have on the way to us.
    ///
    /// Below 1,000 on purpose: Debian's mosquitto 2.0.11 drops what it cannot write once 1,000 packets wait for one
    /// client, and a QoS 1 message dropped there blocks its place in the window until the next connection.
    public var receiveMaximum: UInt16 = 960
    /// Whether a refused subscription is borne as long as another one was granted, and of several clients one that does
    /// not get through as long as another one does.
    public var bestEffort = false
    /// What is redacted beside what is known to be secret.
    public var redaction = RedactionRules()
    /// The user's tags for the session.
    public var tags: [(name: String, value: String)] = []
    /// Whether the retained messages that the broker holds at the start are recorded too, in a session of their own.
    public var takesSnapshot = true
    /// Whether the broker's count of dropped messages is watched.
    public var watchesStatistics = true
    /// Ends the recording after so many messages.
    public var maximumMessages: Int64?
    /// Ends the recording after so long, ns.
    public var maximumDuration: Int64?
    /// What is deleted from the old end of the tape.
    public var retention = Retention()
    /// What makes the recorder cut incident tapes; nil decodes nothing and cuts nothing.
    public var triggers: TriggerOptions?
    /// Whether a broker that cannot be reached at the start is waited for.
    public var waitsForBroker = false
    /// Program name and version, for the session's record.
    public var recorder: String

    /// Options with the defaults.
    public init(path: String, clients: [Client], recorder: String) {
        self.path = path
        self.clients = clients
        self.recorder = recorder
    }
}
