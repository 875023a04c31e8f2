import COpenSSL
import Glibc

/// One TLS connection.
final class TLSConnection {
    private let handle: OpaquePointer
    private let context: TLSContext
    private let socket: Socket
    private let sharedKey: UnsafeMutablePointer<tapedeck_psk>?

    /// Makes the connection; blocks.
    init(
        _ context: TLSContext, _ options: ConnectionOptions.TLS, _ socket: Socket, host: String, deadline: Int64
    ) throws(TransportFailure) {
        ERR_clear_error()
        guard let handle = SSL_new(context.handle) else {
            throw TransportFailure(reason: OpenSSLError.drain() ?? "OpenSSL has no memory")
        }
        self.handle = handle
        self.context = context
        self.socket = socket
        sharedKey = options.sharedKey.map(Self.stored)
        SSL_set_fd(handle, socket.descriptor)
        tapedeck_ssl_set_modes(handle)
        let name = options.serverName ?? host
        if Self.isAddress(name) {
            // A name is sent only where there is one (RFC 6066 §3); certificates have addresses as such.
            if !options.insecure { X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), name) }
        } else {
            tapedeck_ssl_set_server_name(handle, name)
            if !options.insecure { SSL_set1_host(handle, name) }
        }
        if !options.protocols.isEmpty {
            let list = options.protocols.flatMap { [UInt8(clamping: $0.utf8.count)] + $0.utf8.prefix(255) }
            SSL_set_alpn_protos(handle, list, UInt32(list.count))
        }
        if let sharedKey { tapedeck_ssl_use_psk(handle, sharedKey) }
        try handshake(name, deadline)
    }

    deinit {
        SSL_free(handle)
        guard let sharedKey else { return }
        free(UnsafeMutableRawPointer(mutating: sharedKey.pointee.identity))
        UnsafeMutableRawPointer(mutating: sharedKey.pointee.key)?.deallocate()
        sharedKey.deallocate()
    }

    private func handshake(_ name: String, _ deadline: Int64) throws(TransportFailure) {
        while true {
            errno = 0
            let result = SSL_connect(handle)
            guard result != 1 else { return }
            let number = errno
            switch SSL_get_error(handle, result) {
            case SSL_ERROR_WANT_READ: try socket.wait(for: Int16(POLLIN), until: deadline)
            case SSL_ERROR_WANT_WRITE: try socket.wait(for: Int16(POLLOUT), until: deadline)
            default:
                let verdict = SSL_get_verify_result(handle)
                let said = OpenSSLError.drain()
                if verdict != X509_V_OK { throw TransportFailure(reason: Self.objection(verdict, name)) }
                throw TransportFailure(reason: explained(said, number))
            }
        }
    }

    func receive(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        errno = 0
        let count = SSL_read(handle, room.baseAddress, Int32(clamping: room.count))
        if count > 0 { return .bytes(Int(count)) }
        return outcome(count, errno)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard !bytes.isEmpty else { return .bytes(0) }
        errno = 0
        let count = SSL_write(handle, bytes.baseAddress, Int32(clamping: bytes.count))
        if count > 0 { return .bytes(Int(count)) }
        return outcome(count, errno)
    }

    /// Tells the other end that nothing more comes.
    func close() {
        SSL_shutdown(handle)
        ERR_clear_error()
    }

    private func outcome(_ result: Int32, _ number: Int32) -> Transfer {
        switch SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .blocked
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            let said = OpenSSLError.drain()
            if said == nil, number == 0 { return .ended }
            // A peer that closes without a word is no other end than with plain TCP.
            if said?.contains("unexpected eof") == true { return .ended }
            // The queue of errors says what the other end objects to, errno only that it hung up.
            return .failed(
                said == nil ? TransportFailure(errno: number) : TransportFailure(reason: explained(said, 0)))
        }
    }

    /// Why the broker's certificate is not accepted, and what to do.
    private static func objection(_ verdict: Int, _ name: String) -> String {
        let said = String(cString: X509_verify_cert_error_string(verdict))
        switch Int32(truncatingIfNeeded: verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "TLS: the broker's certificate, or one of its authorities', has expired"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "TLS: the broker's certificate is not valid yet; is the clock of this machine right?"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return
                "TLS: the broker's certificate is not for \(name) (\(said)); connect by the name that it is for, or give "
                + "that name with --server-name"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return "TLS: the broker's certificate is not signed by an authority that is trusted (\(said)); give the "
                + "authority's certificate with --cafile"
        default: return "TLS: the broker's certificate is not accepted: \(said)"
        }
    }

    /// What OpenSSL said, with the way out where it is known.
    private func explained(_ said: String?, _ number: Int32) -> String {
        guard let said else {
            let what = number == 0 ? "the other end closed the connection" : String(cString: strerror(number))
            return "TLS: \(what) during the handshake; does it speak TLS on this port?"
        }
        // A wrong key is an illegal parameter (RFC 8446 §4.2.11), and of an unknown identity nothing is left to agree on.
        let refusals = ["illegal parameter", "handshake failure", "decrypt error", "unknown psk identity"]
        let advice =
            switch said {
            case let text where sharedKey != nil && refusals.contains(where: text.contains):
                "; the shared key or its identity is not the one that the broker knows"
            case let text where text.contains("certificate required") || text.contains("handshake failure"):
                "; the broker may ask for a client certificate: --cert and --key"
            case let text where text.contains("wrong version number"): "; it does not speak TLS on this port"
            case let text where text.contains("unknown ca"): "; the broker does not know the authority of --cert"
            case let text where text.contains("unexpected eof"): "; the broker closed the connection"
            default: ""
            }
        return "TLS: \(said)\(advice)"
    }

    private static func isAddress(_ name: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
    }

    private static func stored(_ key: ConnectionOptions.TLS.SharedKey) -> UnsafeMutablePointer<tapedeck_psk> {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, key.key.count))
        bytes.initialize(from: key.key, count: key.key.count)
        let stored = UnsafeMutablePointer<tapedeck_psk>.allocate(capacity: 1)
        stored.initialize(
            to: tapedeck_psk(identity: strdup(key.identity), key: bytes, length: UInt32(key.key.count)))
        return stored
    }
}
