/// Being alive without acknowledging.
extension BrokerConnection {
    /// Sends PINGREQ past the acknowledgements that are held back, which stay where they are.
    ///
    /// For a caller that cannot store what it has read and must not acknowledge it, but wants to keep the connection.
    ///
    /// - Returns: whether it was sent; false where the socket is full, or the connection broken.
    public func sendHeartbeat() -> Bool {
        guard outgoing.isEmpty else { return false }
        outgoing.appendPing()
        try? writeOutgoing()
        return outgoing.isEmpty
    }
}
