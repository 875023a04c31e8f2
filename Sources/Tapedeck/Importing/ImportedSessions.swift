/// Tells at which message a new session of the tape begins.
///
/// Lines of one session of the input that follow one another become a session; one that comes back later, as in a file
/// that was sorted, stays with its neighbours.
struct ImportedSessions {
    private var current: Int64?
    private var seen: Set<Int64> = []
    private var isEmpty = true
    /// Sessions at most: a file that misuses the key must not fill the catalogue.
    private static let limit = 1_000

    /// Whether a message, whose line names this session, is the first of another session on the tape.
    mutating func begins(with session: Int64?) -> Bool {
        if isEmpty {
            isEmpty = false
            current = session
            if let session { seen.insert(session) }
            return true
        }
        guard let session, session != current else { return false }
        current = session
        return seen.count < Self.limit && seen.insert(session).inserted
    }
}
