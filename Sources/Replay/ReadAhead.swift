import DeviceProtocol
import Glibc
import Tape

/// Reads a tape on a thread of its own, a bounded amount ahead of the network.
final class ReadAhead: Sendable {
    /// Where the prepared messages arrive.
    let queue: BoundedQueue

    /// What is read, and what is noted on the way.
    struct Order: Sendable {
        var script: ReplayScript
        /// Place on the tape of the last message.
        var lastSequence: Int64
        var repetition = Repetition.once
        /// Whether each device has a connection of its own.
        var usesConnectionPerDevice = false
        /// Whether answers are tied to the recorded commands that they answer.
        var tiesAnswers = false
        /// Where places are remembered for going back.
        var index = SeekIndex()
    }

    /// Starts reading.
    ///
    /// - Parameters:
    ///   - limits: how far ahead.
    ///   - wake: signalled when messages have come that were waited for, and at the end.
    ///   - produce: runs on the reading thread and hands messages to the queue until that takes no more.
    /// - Throws: ``ReplayError/system(action:reason:)`` when there is no thread to be had.
    init(
        limits: BoundedQueue.Limits = BoundedQueue.Limits(), wake: WakeSignal,
        produce: @escaping @Sendable (BoundedQueue) throws -> Void
    ) throws(ReplayError) {
        let queue = BoundedQueue(limits: limits, wake: wake)
        self.queue = queue
        try DetachedThread.start {
            do {
                try produce(queue)
                queue.finish(nil)
            } catch {
                queue.finish(error)
            }
        }
    }

    /// Reads what was ordered, from a place on.
    convenience init(
        _ order: Order, from place: SeekIndex.Place = SeekIndex.Place(), wake: WakeSignal
    ) throws(ReplayError) {
        try self.init(wake: wake) { queue in
            var producer = CueProducer(order, from: place)
            try producer.run(into: queue)
        }
    }

    /// Lets the thread end at its next message; it is not waited for, since it may be in the middle of a long read.
    func cancel() {
        queue.cancel()
    }
}

/// A thread that nobody waits for.
enum DetachedThread {
    /// Runs something on a new thread.
    ///
    /// - Throws: ``ReplayError/system(action:reason:)`` when there is no thread to be had.
    static func start(_ body: @escaping @Sendable () -> Void) throws(ReplayError) {
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
            throw .system(action: "start a thread", reason: String(cString: strerror(code)))
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
