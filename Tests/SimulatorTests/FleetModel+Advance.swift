import Simulator

extension FleetModel {
    /// Takes out all messages that are due, in order.
    mutating func advance(to now: Int64) -> [SimulatedPublish] {
        var messages: [SimulatedPublish] = []
        while let message = next(through: now) { messages.append(message) }
        return messages
    }
}
