/// The bytes of a connection, plain or encrypted.
enum ByteStream {
    case plain(Socket)
    case encrypted(TLSConnection, Socket)

    /// Opens the socket and, where the address asks for it, TLS on it.
    ///
    /// Blocks; a signal ends it.
    ///
    /// - Throws: ``TransportFailure``.
    static func open(_ address: BrokerAddress, _ context: TLSContext?, patience: Int64) throws(TransportFailure) -> Self
    {
        let socket = try Socket.connected(to: address.transport, patience: patience)
        guard let context, case .tls(let host, _) = address.transport else { return .plain(socket) }
        return .encrypted(try context.connect(over: socket, host: host, patience: patience), socket)
    }

    var descriptor: Int32 {
        switch self {
        case .plain(let socket), .encrypted(_, let socket): socket.descriptor
        }
    }

    func receive(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        switch self {
        case .plain(let socket): socket.receive(into: room)
        case .encrypted(let connection, _): connection.receive(into: room)
        }
    }

    /// Says goodbye where the transport has a word for it; the socket is closed with its last reference.
    func close() {
        if case .encrypted(let connection, _) = self { connection.close() }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        switch self {
        case .plain(let socket): socket.send(bytes)
        case .encrypted(let connection, _): connection.send(bytes)
        }
    }
}
