import DeviceProtocol
import JSONScan
import MQTTWire

extension FleetModel {
    /// Takes delivery of a command: plans the work on a new one, and answers for one that is known.
    mutating func begin(_ command: Command, _ reference: CommandReference, _ index: Int, at now: Int64) {
        if let known = devices[index].works.firstIndex(where: { $0.reference.id == reference.id }) {
            continueWork(known, reference, index, at: now)
        } else if devices[index].ended.contains(reference.id) {
            // The cloud has not seen the answer, or the device thinks so.
            plan([(300, .done(message: nil))], reference, index, at: now)
        } else {
            start(command, reference, index, at: now)
        }
    }

    /// Carries out one step, and gives the message that it takes.
    mutating func take(_ step: CommandStep, _ index: Int, at due: Int64) -> SimulatedPublish? {
        switch step.action {
        case .progress(let message):
            return update(step, roster[index].commands.progressWord, message, index, at: due)
        case .done(let message):
            devices[index].end(step.reference.id)
            return update(step, "done", message, index, at: due)
        case .failed(let message):
            devices[index].end(step.reference.id)
            return update(step, roster[index].commands.failedWord, message, index, at: due)
        case .report(let firmware):
            devices[index].firmware = firmware
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("firmware_version")
            writer.string(firmware)
            writer.endObject()
            return self.message(index, "update", writer.bytes, at: due)
        case .restart(let away):
            leave(index, for: away, restarted: true, at: due)
            return nil
        }
    }

    private mutating func start(_ command: Command, _ reference: CommandReference, _ index: Int, at now: Int64) {
        let firmware = command.name == "update_firmware" ? command.parameters?["version"]?.string : nil
        let steps =
            switch command.name {
            case "reboot": rebootPlan(index)
            case "update_firmware": firmwarePlan(index, firmware ?? "0.0.0")
            default: usualPlan(index)
            }
        let ends = steps.contains { step in
            switch step.action {
            case .done, .failed, .restart: true
            case .progress, .report: false
            }
        }
        devices[index].works.append(
            SimulatedDevice.Work(reference: reference, firmware: firmware, isAbandoned: !ends))
        // A device remembers no more commands than it can have in hand.
        if devices[index].works.count > 8 { devices[index].works.removeFirst() }
        plan(steps, reference, index, at: now)
    }

    /// A command came again that the device has not ended.
    private mutating func continueWork(_ known: Int, _ reference: CommandReference, _ index: Int, at now: Int64) {
        let work = devices[index].works[known]
        if work.isAbandoned { return }
        if work.isInterrupted {
            devices[index].works[known].isInterrupted = false
            var steps: [PlannedStep] = [(600, .done(message: "finished after restart"))]
            if let firmware = work.firmware { steps.insert((200, .report(firmware: firmware)), at: 0) }
            plan(steps, reference, index, at: now)
        } else if roster[index].commands.answersEveryDelivery {
            plan([(30, .progress(message: nil))], reference, index, at: now)
        }
    }

    /// What is done, and how many milliseconds after the step before.
    private typealias PlannedStep = (wait: Int64, action: CommandStep.Action)

    private mutating func plan(_ steps: [PlannedStep], _ reference: CommandReference, _ index: Int, at now: Int64) {
        var due = now
        for step in steps {
            due = due &+ max(1, step.wait) * 1_000_000
            agenda.add(.step(index, CommandStep(reference: reference, action: step.action)), at: due)
        }
    }

    private mutating func rebootPlan(_ index: Int) -> [PlannedStep] {
        let soon = devices[index].reactions.within(100...900)
        let away = devices[index].reactions.within(1_500...9_000) * 1_000_000
        return switch devices[index].reactions.below(4) {
        case 0: [(soon, .done(message: nil)), (200, .restart(away: away))]
        case 1: [(soon, .progress(message: nil)), (soon * 3, .done(message: "rebooted"))]
        default: [(soon, .progress(message: "rebooting")), (300, .restart(away: away))]
        }
    }

    private mutating func firmwarePlan(_ index: Int, _ version: String) -> [PlannedStep] {
        let soon = devices[index].reactions.within(100...900)
        let download = devices[index].reactions.within(2_000...12_000)
        let away = devices[index].reactions.within(2_000...10_000) * 1_000_000
        let begin: [PlannedStep] = [
            (soon, .progress(message: nil)), (download / 2, .progress(message: "downloading, 50 %")),
        ]
        return switch devices[index].reactions.below(8) {
        case 0: begin + [(download, .failed(message: "checksum mismatch:\nexpected 0x33221134, found 0x0"))]
        case 1, 2, 3: begin + [(download / 2, .restart(away: away))]
        default: begin + [(download / 2, .report(firmware: version)), (400, .done(message: "running \(version)"))]
        }
    }

    private mutating func usualPlan(_ index: Int) -> [PlannedStep] {
        let soon = devices[index].reactions.within(40...1_500)
        let work = devices[index].reactions.within(300...9_000)
        let progress: PlannedStep = (soon, .progress(message: nil))
        let done: PlannedStep = (work, .done(message: devices[index].reactions.pick("great, success!", nil, "")))
        return switch devices[index].reactions.below(100) {
        case 0..<48: [progress, done]
        case 48..<58: [progress, (work, .failed(message: "device busy"))]
        case 58..<66: [(soon, done.action)]
        case 66..<72: [(soon, .failed(message: "unknown command"))]
        case 72..<82: [progress, (work / 3, progress.action), (work / 3, progress.action), (work / 3, done.action)]
        case 82..<87: []
        case 87..<91: [progress]
        case 91..<96: [progress, done, (soon + 400, done.action)]
        default: [progress, done, (soon + 700, .failed(message: "timeout while cleaning up — ignored"))]
        }
    }

    /// A device's word on a command.
    private func update(
        _ step: CommandStep, _ status: String, _ text: String?, _ index: Int, at due: Int64
    ) -> SimulatedPublish {
        let habits = roster[index].commands
        var writer = JSONWriter()
        if habits.echoesCommand {
            var members = step.reference.members.map { member in
                member.key == "status" ? JSONMember("status", .string(status)) : member
            }
            members.append(JSONMember("message", .string(text ?? "")))
            writer.value(.object(members))
        } else {
            writer.beginObject()
            writer.key("status")
            writer.string(status)
            if let text {
                writer.key("message")
                writer.string(text)
            }
            if habits.namesCommand {
                writer.key("id")
                writer.string(step.reference.id)
            }
            if let child = step.reference.child {
                writer.key("device_id")
                writer.string(child.text)
            }
            writer.endObject()
        }
        var publish = message(index, "commands/update", writer.bytes, at: due)
        if let topic = step.reference.responseTopic { publish.topic = topic }
        if habits.correlates {
            publish.properties.append(.correlationData(Array(step.reference.id.utf8)))
        }
        return publish
    }
}
