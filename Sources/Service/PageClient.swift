import Glibc

/// One connection of a ``PageServer``; it belongs to the server's thread.
final class PageClient {
    private enum State {
        /// The bytes that have come.
        case asking([UInt8])
        /// What is still to be sent.
        case answering(ArraySlice<UInt8>)
        /// All was sent and our side closed; the other one is waited for, so that it gets to read everything.
        case leaving
        case done
    }

    let descriptor: Int32
    /// When it is dropped, monotonic ns.
    private(set) var deadline: Int64
    private var state = State.asking([])

    init(_ descriptor: Int32, deadline: Int64) {
        self.descriptor = descriptor
        self.deadline = deadline
    }

    deinit {
        close(descriptor)
    }

    /// What poll(2) is to look for.
    var events: Int16 {
        if case .answering = state { Int16(POLLOUT) } else { Int16(POLLIN) }
    }

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Does what can be done without waiting.
    func proceed(until nextDeadline: Int64, _ answer: (_ path: String) -> Page?) {
        switch state {
        case .asking(let bytes): read(bytes, nextDeadline, answer)
        case .answering(let rest): write(rest)
        case .leaving: drain()
        case .done: break
        }
    }

    private func read(_ before: [UInt8], _ nextDeadline: Int64, _ answer: (_ path: String) -> Page?) {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            if count == 0 || !Self.isTemporary(errno) { state = .done }
            return
        }
        let bytes = before + buffer.prefix(count)
        switch PageRequest.parse(bytes) {
        case .incomplete:
            state = .asking(bytes)
            return
        case .refused(let status):
            state = .answering(Page.refusal(status).response(withoutBody: false)[...])
        case .request(let request):
            let page = answer(request.path) ?? Page.refusal(404)
            state = .answering(page.response(withoutBody: request.method == .head)[...])
        }
        deadline = nextDeadline
        if case .answering(let rest) = state { write(rest) }
    }

    private func write(_ rest: ArraySlice<UInt8>) {
        let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count >= 0 else {
            if !Self.isTemporary(errno) { state = .done }
            return
        }
        let left = rest.dropFirst(count)
        guard left.isEmpty else {
            state = .answering(left)
            return
        }
        // Closing with unread bytes would reset the connection, and the answer with it (RFC 9112 §9.6).
        shutdown(descriptor, Int32(SHUT_WR))
        state = .leaving
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count == 0 || count < 0 && !Self.isTemporary(errno) { state = .done }
    }

    private static func isTemporary(_ code: Int32) -> Bool {
        code == EAGAIN || code == EINTR
    }
}
