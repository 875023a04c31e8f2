import Replay

/// Turns the bytes of a keyboard into what they mean during a replay.
///
/// Escape sequences are those of ECMA-48 §8.3.18 to §8.3.22 with xterm's modifiers
/// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "PC-Style Function Keys").
struct KeyReader {
    /// How far an arrow goes on the tape, ns.
    static let step: Int64 = 10_000_000_000
    /// How much faster or slower an arrow makes it.
    static let factor = 1.25
    /// The keys in a line, for whoever starts a replay.
    static let help =
        "keys: space pause · → next message while paused · shift+← → 10 s back or forward · ↑ ↓ faster or slower · q end"

    private enum State {
        case plain
        case escape
        case sequence([UInt8])
    }

    private var state = State.plain

    /// What the next bytes ask for; a sequence may be cut anywhere.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [ReplayControl] {
        bytes.compactMap { read($0) }
    }

    /// Ends a sequence that has not gone on: an escape key pressed alone means nothing.
    mutating func pause() {
        state = .plain
    }

    private mutating func read(_ byte: UInt8) -> ReplayControl? {
        switch state {
        case .plain:
            if byte == 0x1b { state = .escape }
            return Self.key(byte)
        case .escape:
            state = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") ? .sequence([]) : .plain
            return nil
        case .sequence(let parameters):
            // Parameters and intermediate bytes, then one final byte (ECMA-48 §5.4).
            guard (0x40...0x7e).contains(byte) else {
                state = parameters.count < 16 && byte >= 0x20 ? .sequence(parameters + [byte]) : .plain
                return nil
            }
            state = .plain
            return Self.arrow(byte, hasModifier: parameters.contains(UInt8(ascii: ";")))
        }
    }

    private static func key(_ byte: UInt8) -> ReplayControl? {
        switch byte {
        case UInt8(ascii: " "): .togglePause
        case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x04: .stop
        case UInt8(ascii: "+"): .scaleRate(factor)
        case UInt8(ascii: "-"): .scaleRate(1 / factor)
        case UInt8(ascii: "n"): .next
        default: nil
        }
    }

    private static func arrow(_ final: UInt8, hasModifier: Bool) -> ReplayControl? {
        switch final {
        case UInt8(ascii: "A"): .scaleRate(factor)
        case UInt8(ascii: "B"): .scaleRate(1 / factor)
        case UInt8(ascii: "C"): hasModifier ? .seek(step) : .next
        case UInt8(ascii: "D"): .seek(-step)
        default: nil
        }
    }
}
