import DeviceProtocol
import MQTTWire
import Query
import SQLite
import Tape

/// Goes through the rows of `messages`: by columns where times and topics suffice, else by whole messages.
final class MessagesCursor: VirtualCursor {
    private let source: TapeSource
    private var tape: OpenTape?
    private var light: RowWalk?
    private var whole: WholeMessages?
    private var message: RecordedMessage?
    private var topic: DeviceTopic?
    private var isOver = true
    private var number: Int64 = 0

    init(_ source: TapeSource) {
        self.source = source
    }

    override func begin(_ plan: String, _ arguments: SQLArguments) throws {
        let plan = try ScanPlan.read(plan)
        let filter = try ScanFilter(plan, arguments)
        (light, whole, message, isOver, number) = (nil, nil, nil, true, 0)
        if filter.isImpossible { return }
        let tape = try source.tape(filter.tape)
        self.tape = tape
        if plan.columns.allSatisfy({ MessagesTable.lightColumns.contains($0) }) {
            let loader = try MessageLoader(source, tape, filter, plan)
            light = RowWalk(filter, order: plan.order) { try loader.load() }
        } else {
            whole = try WholeMessages(source, tape, filter)
        }
        try advance()
    }

    override var isAtEnd: Bool { isOver }

    override var rowID: Int64 { number }

    override func advance() throws {
        number += 1
        if whole != nil {
            message = try whole?.next()
            topic = nil
            isOver = message == nil
            return
        }
        guard let light, try light.advance() else {
            isOver = true
            return
        }
        isOver = false
    }

    override func read(_ column: Int, into cell: ResultCell) {
        if let message { read(column, of: message, into: cell) } else { readLight(column, into: cell) }
    }

    private func readLight(_ column: Int, into cell: ResultCell) {
        guard let light, let unit = light.unit else { return }
        let row = light.row
        switch column {
        case 0: cell.set(unit.sequence(row))
        case 1: cell.set(Timestamp(nanoseconds: unit.arrival(row)))
        case 2: cell.set(unit.arrival(row))
        case 5: if let device = unit.runs[light.run].device { cell.set(device.text) }
        case 6: cell.set(unit.runs[light.run].kind.rawValue)
        case 7: cell.set(unit.runs[light.run].topic)
        case 13: cell.set(unit.session(row))
        default: break
        }
    }

    private func read(_ column: Int, of message: RecordedMessage, into cell: ResultCell) {
        switch column {
        case 0: cell.set(message.sequence)
        case 1: cell.set(message.arrival)
        case 2: cell.set(message.arrival.nanoseconds)
        case 3: if let time = deviceTime(message) { cell.set(time) }
        case 4: if let time = deviceTime(message) { cell.set(time.nanoseconds) }
        case 5: if let device = parts(message).device { cell.set(device.text) }
        case 6: cell.set(parts(message).kind.rawValue)
        case 7: cell.set(message.topic)
        case 8: cell.set(Int64(message.qos.rawValue))
        case 9: cell.set(message.retain)
        case 10: cell.set(message.dup)
        case 11:
            // What is no UTF-8 would not come back as it is from a text.
            if (try? UTF8Span(validating: message.payload.span)) != nil {
                cell.set(utf8: message.payload)
            } else {
                cell.set(blob: message.payload)
            }
        case 12: if !message.properties.isEmpty { cell.set(utf8: PropertiesJSON.bytes(message.properties)) }
        case 13: cell.set(message.session)
        case 14: if let original = message.duplicateOf { cell.set(original) }
        case 15: cell.set(Int64(message.redactions))
        default: break
        }
    }

    private func parts(_ message: RecordedMessage) -> DeviceTopic {
        if let topic { return topic }
        let parts = DeviceTopic.parse(message.topic)
        topic = parts
        return parts
    }

    private func deviceTime(_ message: RecordedMessage) -> Timestamp? {
        guard parts(message).kind == .telemetry else { return nil }
        return DeviceTime.inTelemetry(message.payload)?.timestamp
    }
}
