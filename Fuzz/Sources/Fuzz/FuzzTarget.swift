import DeviceProtocol
import JSONScan
import MQTTWire

@testable import Tape

/// What can be fuzzed; a crash, a hang or a broken promise ends the run.
enum FuzzTarget: String, CaseIterable {
    /// The tokeniser and the scanner of shapes: template and values together are the payload.
    case json
    /// A column of integers from any bytes.
    case integers
    /// A form from any bytes, and what its values print to.
    case forms
    /// A template from any bytes.
    case template
    /// The table of streams from any bytes.
    case streams
    /// A whole segment whose insides are changed behind the checksums.
    case segment
    /// Payloads sealed and read back.
    case roundTrip = "round-trip"
    /// What a broker sends, in any pieces.
    case wire

    func run(_ bytes: [UInt8]) {
        switch self {
        case .json: JSONCheck.run(bytes)
        case .integers: ColumnChecks.integers(bytes)
        case .forms: ColumnChecks.forms(bytes)
        case .template:
            guard let template = try? Template(bytes) else { return }
            require(template.payload.literals.count == template.payload.slots.count + 1, "literals around slots")
            // A kind that is not known is not kept, and numbers may have been written longer than they must be.
            require((try? Template(template.bytes)) == template, "the template's own bytes")
        case .streams:
            var reader = ByteReader(bytes)
            guard let decompressor = try? BatchDecompressor(),
                let streams = try? StreamReader(
                    &reader, decompressor: decompressor, load: { Array(bytes[$0.clamped(to: 0..<bytes.count)]) })
            else { return }
            for index in 0..<min(streams.count, 64) { _ = try? streams.stream(index) }
        case .segment: SegmentCheck.run(bytes)
        case .roundTrip: RoundTripCheck.run(bytes)
        case .wire: WireCheck.run(bytes)
        }
    }
}

/// Ends the run where a promise is broken; libFuzzer then keeps the input.
func require(_ holds: Bool, _ what: String) {
    guard !holds else { return }
    fatalError("broken: \(what)")
}
