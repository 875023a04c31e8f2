import DeviceProtocol
import JSONScan
import MQTTWire

extension FleetModel {
    /// What a device does when it is its turn: mostly it sends a sample.
    mutating func sample(_ index: Int, at due: Int64) -> SimulatedPublish? {
        guard devices[index].isOnline else {
            if roster[index].backfills, devices[index].missed.count < SimulatedDevice.memory {
                devices[index].missed.append(due)
            }
            return nil
        }
        if beginsOutage(index, at: due) {
            // Half of the devices say that they go.
            return index % 2 == 0 ? telemetry(index, taken: due, at: due, status: "offline") : nil
        }
        volunteer(index, at: due)
        return telemetry(index, taken: due, at: due)
    }

    /// A device is back, or new: it sends what it has, and asks for what it missed.
    mutating func comeOnline(_ index: Int, restarted: Bool, at due: Int64) -> SimulatedPublish {
        devices[index].isOnline = true
        devices[index].trouble = nil
        if restarted {
            devices[index].replacesState = true
            let now = clock(of: index, due)
            for metric in devices[index].metrics.indices where due > settings.arrival {
                devices[index].metrics[metric].restart(at: now)
            }
        }
        agenda.add(.request(index), at: due &+ devices[index].reactions.within(20...200) * 1_000_000)
        for (position, taken) in devices[index].missed.enumerated() {
            agenda.add(.catchUp(index, taken: taken), at: due &+ 250_000_000 &+ Int64(position) * 8_000_000)
        }
        devices[index].missed = []
        return telemetry(index, taken: due, at: due)
    }

    /// The request to have everything published again.
    mutating func request(_ index: Int, at due: Int64) -> SimulatedPublish {
        message(index, "get", index % 3 == 1 ? Array("{}".utf8) : [], at: due)
    }

    /// A device's telemetry.
    ///
    /// `taken` is when the sample was taken, `due` when it is sent; `status` is what the device says of itself, if not
    /// what the state of things gives.
    mutating func telemetry(
        _ index: Int, taken: Int64, at due: Int64, status: String? = nil
    ) -> SimulatedPublish {
        let profile = roster[index]
        let replaces = devices[index].replacesState && status == nil
        if replaces { devices[index].replacesState = false }
        let trouble = taken == due ? takeTrouble(index) : nil
        var buffer: [UInt8] = []
        buffer.reserveCapacity(512)
        var writer = JSONWriter(appendingTo: buffer)
        writer.beginObject()
        writer.key("status")
        writer.string(status ?? (trouble == nil ? "online" : "error"))
        profile.timestamps.write(clock(of: index, taken), to: &writer)
        writer.key("telemetries")
        writer.beginObject()
        if status == nil { writeMetrics(index, taken, all: replaces || profile.sendsAllMetrics, to: &writer) }
        writer.endObject()
        if replaces {
            writer.key("override")
            writer.bool(true)
        }
        if let trouble {
            writer.key("message")
            writer.string(trouble)
        }
        writer.endObject()
        return message(index, "telemetry", writer.bytes, qos: profile.telemetryQoS, at: due)
    }

    private mutating func writeMetrics(_ index: Int, _ taken: Int64, all: Bool, to writer: inout JSONWriter) {
        let time = settings.time(taken)
        let keepsPoint = roster[index].spelling.keepsPoint
        var random = devices[index].samples
        for metric in devices[index].metrics.indices {
            devices[index].metrics[metric].advance(&random)
            guard all || devices[index].metrics[metric].mustBeSent || random.chance(0.5) else { continue }
            devices[index].metrics[metric].write(at: time, keepsPoint: keepsPoint, to: &writer, &random)
        }
        devices[index].samples = random
    }

    /// The device's complaint for this sample, if it has one.
    private mutating func takeTrouble(_ index: Int) -> String? {
        if var trouble = devices[index].trouble {
            trouble.samples -= 1
            devices[index].trouble = trouble.samples > 0 ? trouble : nil
            return trouble.message
        }
        guard devices[index].samples.chance(1 / 120) else { return nil }
        let message = devices[index].samples.pick("Unknown input connected", "fan stalled", "no link on port 7")
        devices[index].trouble = SimulatedDevice.Trouble(
            message: message, samples: Int(devices[index].samples.within(1...3)))
        return message
    }

    /// Whether the device's connection breaks now; about a twentieth of its time a device is away.
    private mutating func beginsOutage(_ index: Int, at due: Int64) -> Bool {
        let period = Double(settings.period)
        let usual = max(7.5 * period, 1.5e9)
        guard devices[index].samples.chance(0.05 * period / usual) else { return false }
        let away = Int64(min(usual * (0.4 + 1.2 * devices[index].samples.unit()), 6e11))
        leave(index, for: away, restarted: devices[index].samples.chance(0.4), at: due)
        return true
    }

    /// Takes a device away for a while.
    mutating func leave(_ index: Int, for away: Int64, restarted: Bool, at due: Int64) {
        devices[index].isOnline = false
        interrupt(index)
        agenda.add(.comeOnline(index, restarted: restarted), at: due &+ max(away, 1_000_000))
    }

    /// Makes a device forget what it was about to do.
    mutating func interrupt(_ index: Int) {
        for work in devices[index].works.indices { devices[index].works[work].isInterrupted = true }
    }

    /// What devices say unasked, now and then.
    private mutating func volunteer(_ index: Int, at due: Int64) {
        guard devices[index].samples.chance(1 / 60) else { return }
        let publish: SimulatedPublish? =
            switch devices[index].samples.below(4) {
            case 0: changedConfig(index, at: due &+ 3_000_000)
            case 1: cloudSetting(index, at: due &+ 3_000_000)
            case 2: selfDescription(index, at: due &+ 3_000_000)
            default: nil
            }
        if let publish { agenda.add(.send(index, publish), at: publish.dueOffset) }
    }

    private mutating func cloudSetting(_ index: Int, at due: Int64) -> SimulatedPublish {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("property")
        writer.string("incidents.suspend_creation")
        writer.key("value")
        if index % 2 == 0 {
            writer.bool(devices[index].samples.chance(0.5))
        } else {
            writer.string(devices[index].samples.chance(0.5) ? "true" : "false")
        }
        writer.endObject()
        return message(index, "cloud_settings/update", writer.bytes, at: due)
    }

    private mutating func selfDescription(_ index: Int, at due: Int64) -> SimulatedPublish {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("firmware_version")
        writer.string(devices[index].firmware)
        writer.key("name")
        writer.string(roster[index].name)
        if devices[index].samples.chance(0.5) {
            writer.key("host_address")
            writer.string("192.0.2.\(index % 250 + 1)")
            writer.key("details")
            writer.beginObject()
            writer.key("slot")
            writer.int(index % 16)
            writer.endObject()
        }
        writer.endObject()
        return message(index, "update", writer.bytes, at: due)
    }

    /// What a device takes for the time.
    func clock(of index: Int, _ offset: Int64) -> Timestamp {
        Timestamp(nanoseconds: settings.time(offset).nanoseconds &+ roster[index].clockSkew)
    }

    /// A message of a device, its JSON in the device's spelling.
    func message(
        _ index: Int, _ suffix: String, _ payload: [UInt8], qos: QualityOfService = .atLeastOnce, at due: Int64
    ) -> SimulatedPublish {
        let profile = roster[index]
        return SimulatedPublish(
            side: .fleet, topic: profile.topic(suffix), payload: profile.spelling.respell(payload), qos: qos,
            properties: profile.properties, dueOffset: due)
    }
}
