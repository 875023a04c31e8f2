import Tape

extension Publisher {
    /// Does what a person asked for; each change ties recorded time to the clock anew, once.
    func apply(_ control: ReplayControl) {
        guard stopDeadline == nil else { return }
        let now = clock.monotonic
        switch control {
        case .stop: stopSending()
        case .togglePause: togglePause(now)
        case .next: if isPaused { steps = min(steps + 1, 1_000) }
        case .scaleRate(let factor): scaleRate(factor, now)
        case .seek(let distance): seek(distance, now)
        }
        nextProgress = .min
    }

    private func togglePause(_ now: Int64) {
        isPaused.toggle()
        steps = 0
        if isPaused {
            pausedAt = now
            schedule.hold(at: now)
        } else {
            host.report.paused += now &- pausedAt
            // What leaves the pause as the first message must not be measured against the time before it.
            notBefore = max(notBefore, now)
            if seekTarget == nil, !isPrelude { schedule.release(at: now) }
        }
    }

    private func scaleRate(_ factor: Double, _ now: Int64) {
        guard let rate = pace.lineRate else { return }
        let scaled = min(max(rate * factor, 1e-6), 1e6)
        // A thousand small steps up and down must end where they began.
        let rounded = abs(scaled - 1) < 1e-9 ? 1 : scaled
        if case .rate = pace { pace = .rate(rounded) } else { pace = .perSecond(rounded) }
        schedule.setRate(rounded, at: now)
        host.report.rateChanges += 1
    }

    /// Goes to another place of recorded time.
    private func seek(_ distance: Int64, _ now: Int64) {
        // What the target answers to has been sent; going over it again would answer commands twice.
        guard gate == nil else { return }
        let current = seekTarget ?? currentOffset(now)
        let (sum, overflow) = current.addingReportingOverflow(distance)
        let target = max(0, overflow ? (distance < 0 ? 0 : Int64.max) : sum)
        if target < current || target < (upcoming.first?.message.offset ?? .min) {
            guard let restart, let fresh = try? restart(index.place(before: target)) else { return }
            queue.cancel()
            queue = fresh
            upcoming = []
            sourceHasEnded = false
        }
        if !isPaused { schedule.hold(at: now) }
        seekTarget = target
        host.lastOffset = target
        host.report.seeks += 1
    }

    private func currentOffset(_ now: Int64) -> Int64 {
        if case .rate = pace { return max(0, schedule.place(at: now)) }
        return upcoming.first?.message.offset ?? host.lastOffset
    }

    /// Passes over what lies before the place that was asked for, and goes on from there.
    func followSeek() {
        guard let target = seekTarget else { return }
        while let cue = nextCue() {
            guard cue.message.offset < target else { break }
            upcoming = upcoming.dropFirst()
        }
        guard !upcoming.isEmpty && (sourceHasEnded || queue.isReady) || sourceHasEnded else { return }
        seekTarget = nil
        let now = clock.monotonic
        if case .rate = pace { schedule.jump(to: target, at: now) }
        isPrelude = isPrelude && target == 0
        if !isPaused, !isPrelude { schedule.release(at: now) }
        notBefore = max(notBefore, now)
    }
}
