/// How to connect to a broker.
public struct ConnectionOptions: Sendable {
    /// How a TLS connection is made; paths are those of PEM files.
    public struct TLS: Sendable, Hashable {
        /// A key that broker and client both know, instead of certificates (RFC 4279).
        public struct SharedKey: Sendable, Hashable {
            /// The name under which the broker knows the key.
            public var identity: String
            /// The key.
            public var key: [UInt8]

            /// Makes one from its parts.
            public init(identity: String, key: [UInt8]) {
                self.identity = identity
                self.key = key
            }
        }

        /// Certificates of the authorities to trust; nil for those of the operating system.
        public var authorities: String?
        /// The client's certificate.
        public var certificate: String?
        /// The key of the client's certificate.
        public var key: String?
        /// Whether the host name in the broker's certificate is not checked.
        public var insecure = false
        /// The name that the broker is asked for (SNI, RFC 6066 §3) and that its certificate must have, where that is not
        /// the host of the address.
        public var serverName: String?
        /// The application protocols to offer (ALPN, RFC 7301), the preferred one first.
        public var protocols: [String] = []
        /// A shared key instead of certificates.
        public var sharedKey: SharedKey?

        /// The operating system's authorities, no client certificate.
        public init() {}
    }

    /// Where the broker listens.
    public var address: BrokerAddress
    /// The MQTT client identifier.
    public var clientID: String
    /// The user name, if any.
    public var username: String?
    /// The password, if any.
    public var password: String?
    /// Whether the broker shall forget an earlier session of this client (MQTT 5.0 §3.1.2.4).
    public var cleanStart = true
    /// How long the broker keeps the session after the connection is gone, in seconds (MQTT 5.0 §3.1.2.11.2).
    public var sessionExpiry: UInt32 = 0
    /// How many unacknowledged QoS > 0 messages the broker may have on the way to us (MQTT 5.0 §3.1.2.11.3).
    public var receiveMaximum: UInt16 = 20
    /// The largest packet that the broker may send, in bytes; nil for any.
    ///
    /// What is larger it drops without a word (MQTT 5.0 §3.1.2.11.4).
    public var maximumPacketSize: UInt32?
    /// Seconds after which a silent connection is probed; 0 for never, else at least 5.
    public var keepAlive: Int32 = 60
    /// Certificates and keys, where the address asks for TLS.
    public var tls = TLS()

    /// Options for a plain client without a lasting session.
    public init(address: BrokerAddress, clientID: String) {
        self.address = address
        self.clientID = clientID
    }
}
