import Glibc

/// A thread that nobody waits for.
enum DetachedThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a thread of its own.
    ///
    /// - Returns: why there is no thread to be had; nil when it runs.
    static func start(_ body: @escaping @Sendable () -> Void) -> String? {
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
            return String(cString: strerror(code))
        }
        pthread_detach(thread)
        return nil
    }
}
