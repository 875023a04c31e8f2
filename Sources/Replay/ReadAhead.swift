import DeviceProtocol
import Tape
import Threads

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
        limits: BoundedQueue.Limits = BoundedQueue.Limits(), wake: EventDescriptor,
        produce: @escaping @Sendable (BoundedQueue) throws -> Void
    ) throws(ReplayError) {
        let queue = BoundedQueue(limits: limits, wake: wake)
        self.queue = queue
        do {
            try DetachedThread.start {
                do {
                    try produce(queue)
                    queue.finish(nil)
                } catch {
                    queue.finish(error)
                }
            }
        } catch {
            throw .system(action: "start a thread", reason: "\(error)")
        }
    }

    /// Reads what was ordered, from a place on.
    convenience init(
        _ order: Order, from place: SeekIndex.Place = SeekIndex.Place(), wake: EventDescriptor
    ) throws(ReplayError) {
        try self.init(wake: wake) { queue in
            var producer = CueProducer(order, from: place)
            try producer.run(into: queue)
        }
    }
}
