import Glibc
import Tape

/// Reads a tape on a thread of its own, a bounded amount ahead of the network.
final class ReadAhead: Sendable {
    /// Where the prepared messages arrive.
    let queue: BoundedQueue

    /// Starts reading.
    ///
    /// - Parameters:
    ///   - limits: how far ahead.
    ///   - wake: signalled when messages have come that were waited for, and at the end.
    ///   - produce: runs on the reading thread and hands messages to `emit` until that answers false.
    /// - Throws: ``ReplayError/system(action:reason:)`` when there is no thread to be had.
    init(
        limits: BoundedQueue.Limits = BoundedQueue.Limits(), wake: WakeSignal,
        produce: @escaping @Sendable (_ emit: (OutgoingMessage) -> Bool) throws -> Void
    ) throws(ReplayError) {
        let queue = BoundedQueue(limits: limits, wake: wake)
        self.queue = queue
        try Self.detach {
            do {
                try produce { queue.push($0) }
                queue.finish(nil)
            } catch {
                queue.finish(error)
            }
        }
    }

    /// Reads the messages of a script up to a place on the tape.
    convenience init(_ script: ReplayScript, through lastSequence: Int64, wake: WakeSignal) throws(ReplayError) {
        try self.init(wake: wake) { emit in
            // A reader belongs to the thread that opened it.
            let tape = try TapeReader(path: script.path)
            defer { withExtendedLifetime(tape) {} }
            let cursor = try tape.messages(script.selection)
            var preparation = MessagePreparation(script)
            guard try preparation.publishState(emit) else { return }
            while let message = try cursor.next(), message.sequence <= lastSequence {
                guard try preparation.publish(message, emit) else { return }
            }
            _ = preparation.finish(emit)
        }
    }

    /// Lets the thread end at its next message; it is not waited for, since it may be in the middle of a long read.
    func cancel() {
        queue.cancel()
    }

    private static func detach(_ body: @escaping @Sendable () -> Void) throws(ReplayError) {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw .system(action: "start the reading thread", reason: String(cString: strerror(code)))
        }
        pthread_detach(thread)
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
