import COpenSSL
import Glibc

/// The certificates and keys of a TLS connection, read once; OpenSSL does the rest.
final class TLSContext {
    let handle: OpaquePointer
    private let options: ConnectionOptions.TLS

    /// - Throws: ``ConnectionError/invalidOption(name:reason:)`` when a file cannot be used.
    init(_ options: ConnectionOptions.TLS) throws(ConnectionError) {
        self.options = options
        // The process may end while another thread is in the middle of a handshake: nothing must be taken from under it.
        tapedeck_ssl_stay_until_the_end()
        guard let handle = SSL_CTX_new(TLS_client_method()) else {
            throw .invalidOption(name: "TLS", reason: OpenSSLError.drain() ?? "OpenSSL has no memory")
        }
        self.handle = handle
        // OpenSSL writes with write(2): a connection that broke must be an error, not a signal.
        signal(SIGPIPE, SIG_IGN)
        tapedeck_ssl_require_tls12(handle)
        tapedeck_ssl_never_ask(handle)
        // A broker writes a record for each packet: without reading ahead each would cost two reads of the socket.
        tapedeck_ssl_read_ahead(handle, 64 << 10)
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        if let authorities = options.authorities {
            try check(SSL_CTX_load_verify_locations(handle, authorities, nil), "--cafile \(authorities)")
        } else {
            SSL_CTX_set_default_verify_paths(handle)
        }
        if let certificate = options.certificate {
            try check(SSL_CTX_use_certificate_chain_file(handle, certificate), "--cert \(certificate)")
        }
        if let key = options.key {
            try check(SSL_CTX_use_PrivateKey_file(handle, key, SSL_FILETYPE_PEM), "--key \(key)")
            try check(SSL_CTX_check_private_key(handle), "--key \(key)")
        }
        if let shared = options.sharedKey, shared.key.isEmpty || shared.key.count > 256 || shared.identity.isEmpty {
            throw .invalidOption(name: "shared key", reason: "it needs an identity and 1 to 256 bytes")
        }
    }

    deinit {
        SSL_CTX_free(handle)
    }

    /// Makes a TLS connection over a socket.
    ///
    /// - Parameters:
    ///   - socket: the connected socket.
    ///   - host: the host of the address.
    ///   - patience: how long it may take, ns.
    /// - Returns: the connection, its handshake done.
    /// - Throws: ``TransportFailure`` with what one of the ends objects to.
    func connect(over socket: Socket, host: String, patience: Int64) throws(TransportFailure) -> TLSConnection {
        try TLSConnection(self, options, socket, host: host, deadline: MonotonicClock.now &+ patience)
    }

    private func check(_ result: Int32, _ name: String) throws(ConnectionError) {
        guard result != 1 else { return }
        let number = errno
        let reason = OpenSSLError.drain() ?? String(cString: strerror(number))
        throw .invalidOption(name: name, reason: reason)
    }
}
