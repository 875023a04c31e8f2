import MQTTSession
import MQTTWire

/// What publishing needs of a connection; a test puts something else in its place.
protocol PublishTarget: AnyObject {
    var broker: String { get }
    var peer: String? { get }
    func connect() throws(ConnectionError)
    func publish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool, properties: PublishProperties
    ) throws(ConnectionError) -> Int32
    func read(limit: Int) throws(ConnectionError) -> Bool
    func takeEvents() -> [ConnectionEvent]
    func flush() throws(ConnectionError) -> Bool
    func maintain() throws(ConnectionError)
    func disconnect()
    /// The socket to wait for; -1 when there is none.
    var descriptor: Int32 { get }
    func subscribe(_ filter: TopicFilter, qos: QualityOfService) throws(ConnectionError) -> Int32
}

extension BrokerConnection: PublishTarget {
    func read(limit: Int) throws(ConnectionError) -> Bool {
        // A replay subscribes to nothing: what arrives is small.
        try read(limit: limit, byteLimit: 8 << 20)
    }
}
