import DeviceProtocol
import MQTTSession
import Tape

extension Publisher {
    /// Gives the answers among messages to the gate; the rest, in order.
    func withoutAnswers(_ cues: [Cue]) -> ArraySlice<Cue> {
        let now = clock.monotonic
        var rest: [Cue] = []
        rest.reserveCapacity(cues.count)
        for cue in cues {
            guard let answer = cue.answer, let device = Commands.addressee(of: cue.message) else {
                rest.append(cue)
                continue
            }
            gate?.hold(cue, answer, of: device, at: now, scaled: pace.duration(of:))
            host.report.closedLoop?.answers += 1
        }
        return rest[...]
    }

    /// Takes note of the commands in a message of the target.
    func receive(_ message: IncomingMessage) {
        guard gate != nil else { return }
        let topic = DeviceTopic.parse(message.topic)
        guard topic.kind == .command else { return }
        let now = clock.monotonic
        for command in Commands.decode(message.payload, topic) {
            gate?.arrived(command, at: now, scaled: pace.duration(of:))
        }
    }

    /// Sends the answers whose command has come and whose time it is.
    func releaseAnswers() {
        guard gate != nil, !isPaused, stopDeadline == nil else { return }
        let now = clock.monotonic
        while let release = gate?.next(at: now) {
            guard let lane = lanes.lane(for: release.cue.connection), !lane.isGone else { continue }
            let shipment = Shipment(message: release.cue.message, deadline: pace == .maximum ? nil : release.due)
            host.report.closedLoop?.released += 1
            if lane.canTake(release.cue.message) {
                lane.send(shipment)
                lane.flush()
            } else {
                lane.open()
                lane.park(shipment)
            }
        }
    }

    /// Gives up the answers whose command has not come in time.
    func expireAnswers(_ now: Int64) {
        guard let timeout = settings.commandTimeout, !isPaused, now >= nextExpiry else { return }
        nextExpiry = now &+ 250_000_000
        let schedule = schedule
        let isTimed = if case .rate = pace { true } else { false }
        let expired = gate?.expire(at: now, timeout: timeout) { cue, held in
            isTimed ? max(held, schedule.deadline(at: cue.message.offset)) : held
        }
        for entry in expired ?? [] {
            host.report.closedLoop?.expired += 1
            guard host.report.closedLoop?.missing.count ?? 0 < ReplayReport.ClosedLoop.listLimit else { continue }
            host.report.closedLoop?.missing.append(
                ReplayReport.MissingCommand(
                    device: entry.device, name: entry.answer.name, commandID: entry.answer.commandID,
                    sequence: entry.cue.message.sequence))
        }
    }
}
