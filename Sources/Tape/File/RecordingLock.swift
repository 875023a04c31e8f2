import Glibc
import Synchronization

/// The advisory lock that says "this tape is being recorded"; the kernel drops it however the process ends.
///
/// `flock` and not `fcntl`: closing any descriptor of the file would drop SQLite's own `fcntl` locks
/// (https://www.sqlite.org/howtocorrupt.html §2.2). It is taken before SQLite opens the file and closed after.
final class RecordingLock {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``TapeError/inUse(path:)`` when another process holds it.
    init(_ path: String) throws(TapeError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .system(path: path, action: "open", reason: String(cString: strerror(errno)))
        }
        guard Self.take(descriptor) else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { throw .inUse(path: path) }
            throw .system(path: path, action: "lock", reason: String(cString: strerror(code)))
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// A reader that asks whether the tape is being recorded has the lock for an instant, and so has a child of this
    /// process between its fork and its exec: neither is a recording.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<patience {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Attempts, 10 ms apart.
    private static let patience = 25

    /// Whether another process records onto the tape now.
    ///
    /// To be asked before SQLite opens the file in this process.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        return false
    }
}

extension RecordingLock {
    /// Whether another process records onto the tape now, for a process that may have it open with SQLite already.
    ///
    /// Closing any descriptor of the file would drop SQLite's locks on it, so the one that it takes to ask is kept, one
    /// for each file, as long as the process lives.
    static func isHeldKeepingDescriptor(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        let identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        return kept.withLock { kept in
            guard let descriptor = kept[identity] ?? descriptor(path, identity, &kept) else { return false }
            guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
            flock(descriptor, LOCK_UN)
            return false
        }
    }

    private struct FileIdentity: Hashable {
        var device: UInt64
        var number: UInt64
    }

    private static let kept = Mutex<[FileIdentity: Int32]>([:])

    private static func descriptor(
        _ path: String, _ identity: FileIdentity, _ kept: inout [FileIdentity: Int32]
    ) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        kept[identity] = descriptor
        return descriptor
    }
}
