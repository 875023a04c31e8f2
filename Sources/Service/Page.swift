/// What a ``PageServer`` answers to a path.
public struct Page: Sendable, Hashable {
    /// The HTTP status code.
    public var status: Int
    /// The media type.
    public var contentType: String
    /// The content.
    public var body: [UInt8]

    /// A page.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code.
    ///   - contentType: the media type.
    ///   - body: the content.
    public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A page of one line.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code.
    ///   - line: the line, without its end.
    public init(status: Int = 200, line: String) {
        self.init(status: status, body: Array((line + "\n").utf8))
    }

    /// The answer as it goes over the wire; every connection serves one request.
    func response(withoutBody: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status")\r\n"
        head += "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n"
        if status == 405 { head += "Allow: GET, HEAD\r\n" }
        head += "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + (withoutBody ? [] : body)
    }

    /// The page that says why there is none.
    static func refusal(_ status: Int) -> Page {
        Page(status: status, line: "\(status) \(reasons[status] ?? "")")
    }

    private static let reasons = [
        200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
        431: "Request Header Fields Too Large", 503: "Service Unavailable",
    ]
}
