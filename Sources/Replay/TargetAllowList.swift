public import MQTTSession

/// The brokers that replays may go to, as an installation's configuration names them.
///
/// An entry is a broker's URL, a host, or a host with `*.` in front for all hosts of a domain; without a port any port
/// will do. Names are compared without regard to case, else byte by byte, and never looked up: an alias must be named
/// itself.
public struct TargetAllowList: Sendable, Hashable {
    private struct Entry: Hashable {
        var text: String
        /// Lower case; nil for a socket.
        var host: String?
        var isDomain = false
        var port: UInt16?
        var path: String?
    }
    private var entries: [Entry] = []

    /// Reads the entries.
    ///
    /// - Throws: ``InvalidBrokerAddress`` for one that is no broker's address.
    public init(_ texts: [String]) throws(InvalidBrokerAddress) {
        for text in texts {
            let isDomain = text.hasPrefix("*.")
            let address = try BrokerAddress(isDomain ? String(text.dropFirst(2)) : text)
            switch address.transport {
            case .unix(let path): entries.append(Entry(text: text, path: path))
            case .tcp(let host, let port), .tls(let host, let port):
                // A URL means its scheme's port, a bare host any.
                let namesPort = text.contains("://") || text.hasSuffix(":\(port)")
                entries.append(
                    Entry(text: text, host: host.lowercased(), isDomain: isDomain, port: namesPort ? port : nil))
            }
        }
    }

    /// Whether a replay may go there.
    public func allows(_ target: BrokerAddress) -> Bool {
        entries.contains { entry in
            switch target.transport {
            case .unix(let path): return entry.path?.utf8.elementsEqual(path.utf8) ?? false
            case .tcp(let host, let port), .tls(let host, let port):
                guard let wanted = entry.host, entry.port == nil || entry.port == port else { return false }
                let host = Array(host.lowercased().utf8)
                let end = Array((entry.isDomain ? "." + wanted : wanted).utf8)
                return entry.isDomain ? host.suffix(end.count).elementsEqual(end) : host == end
            }
        }
    }

    /// The entries as they were written.
    public var texts: [String] { entries.map(\.text) }
}
