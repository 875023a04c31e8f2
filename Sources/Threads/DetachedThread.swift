import Glibc

/// A thread that nobody waits for.
public enum DetachedThread {
    /// There is no thread to be had.
    public struct Failure: Error, CustomStringConvertible {
        /// What the system says (pthread_create(3)).
        public let description: String
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a thread of its own.
    ///
    /// - Throws: ``Failure`` when there is no thread to be had; then `body` is not run.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw Failure(description: String(cString: strerror(code)))
        }
        pthread_detach(thread)
    }
}
