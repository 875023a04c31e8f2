import MQTTSession
import Tape

extension Publisher {
    /// Opens connections and waits for them; nothing has been published then.
    ///
    /// - Throws: ``ReplayError`` when none of them comes about.
    func connect(_ wanted: [Lane]) throws(ReplayError) {
        guard !wanted.isEmpty else { return }
        for lane in wanted { lane.open() }
        while true {
            if shouldStop() { throw .cancelled }
            lanes.serve()
            lanes.tick(clock.monotonic)
            let failures = wanted.compactMap(\.lastFailure)
            let isEssential = lanes.mode == .single
            if let failure = failures.first, isEssential || failures.count == wanted.count { throw failure }
            // Where there are many, the rest may come later; the first attempt of each is waited for.
            if wanted.allSatisfy({ $0.isOpen || $0.lastFailure != nil }) { return }
            pause()
        }
    }

    /// Waits until enough of the tape is in memory, so that the first messages are not late for want of it.
    func awaitReadAhead() throws(ReplayError) {
        while !queue.isReady {
            if shouldStop() { throw .cancelled }
            lanes.serve()
            lanes.tick(clock.monotonic)
            if case .connectionLost = lanes.end, let failure = lanes.all.compactMap(\.lastFailure).first {
                throw failure
            }
            pause()
        }
        if shouldStop() { throw .cancelled }
    }

    private func pause() {
        let now = clock.monotonic
        let end = min(lanes.nextTimer(after: now), now &+ 1_000_000_000)
        host.waiter.wait(timeout: max(0, end &- now), reading: true)
    }

    /// The connections of devices that speak within the first seconds.
    func imminent() -> [Lane] {
        takeAnnouncements()
        var wanted: [Lane] = []
        while let first = announced.first, isImminent(first.offset) {
            announced = announced.dropFirst()
            if let lane = lanes.lane(for: first.connection) { wanted.append(lane) }
        }
        return wanted
    }

    private func isImminent(_ offset: Int64) -> Bool {
        guard case .rate = pace else { return true }
        return pace.duration(of: offset) <= settings.lead
    }

    /// Opens the connections of devices that are going to speak soon.
    func openAnnounced(_ now: Int64) {
        guard case .perDevice = lanes.mode, stopDeadline == nil else { return }
        takeAnnouncements()
        while !isPaused, let first = announced.first, opening(of: first) <= now {
            announced = announced.dropFirst()
            lanes.lane(for: first.connection)?.open()
        }
    }

    /// When a connection is to be opened, ns of the monotonic clock.
    func opening(of announcement: BoundedQueue.Announcement) -> Int64 {
        guard case .rate = pace else { return .min }
        let deadline = schedule.deadline(at: announcement.offset)
        return deadline == .max ? .max : deadline &- settings.lead
    }

    private func takeAnnouncements() {
        announced += queue.takeAnnouncements()
    }
}
