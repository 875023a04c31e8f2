/// The first line of an HTTP/1 request for a page (RFC 9112 §3), as far as it has arrived.
struct PageRequest: Hashable {
    enum Method: String {
        case get = "GET"
        case head = "HEAD"
    }

    /// What the bytes so far are.
    enum Parsed: Hashable {
        /// The end of the header has not come yet.
        case incomplete
        /// A request for a page.
        case request(PageRequest)
        /// Nothing that is answered with a page: the status code to answer with.
        case refused(Int)
    }

    var method: Method
    /// Without what follows a question mark.
    var path: String

    /// Bytes of a request's header that are read at most.
    static let sizeLimit = 8_192

    /// Looks at what has arrived; header fields and a body are passed over.
    static func parse(_ bytes: [UInt8]) -> Parsed {
        guard let end = endOfHeader(bytes) else {
            return bytes.count >= sizeLimit ? .refused(431) : .incomplete
        }
        guard end <= sizeLimit else { return .refused(431) }
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy({ (0x41...0x5a).contains($0) }),
            words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8),
            words[1].first == UInt8(ascii: "/"), words[1].allSatisfy({ (0x21...0x7e).contains($0) })
        else { return .refused(400) }
        guard let method = Method(rawValue: String(decoding: words[0], as: UTF8.self)) else { return .refused(405) }
        let path = words[1].prefix { $0 != UInt8(ascii: "?") }
        return .request(PageRequest(method: method, path: String(decoding: path, as: UTF8.self)))
    }

    /// Where the empty line ends; bare line feeds are taken as well (RFC 9112 §2.2).
    private static func endOfHeader(_ bytes: [UInt8]) -> Int? {
        var isEmptyLine = false
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"):
                if isEmptyLine { return index + 1 }
                isEmptyLine = true
            case UInt8(ascii: "\r"): continue
            default: isEmptyLine = false
            }
        }
        return nil
    }
}
