import CLinux
import Foundation
import Replay

/// Reads single keys during a replay, on a thread of its own, where standard input is a terminal and ours.
///
/// The terminal is put back when ``end()`` is called, when the process exits or is stopped, and when a third signal
/// ends it.
struct Keyboard {
    /// Whether there is one.
    let isActive: Bool

    /// Begins to read; without a terminal nothing is read from standard input at all.
    init(_ controls: ControlMailbox) {
        isActive = tapedeck_keys_begin()
        guard isActive else { return }
        let thread = Thread { Self.listen(controls) }
        thread.name = "keys"
        thread.start()
    }

    /// Puts the terminal back.
    func end() {
        tapedeck_keys_end()
    }

    private static func listen(_ controls: ControlMailbox) {
        var reader = KeyReader()
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let count = Int(tapedeck_keys_read(&bytes, Int32(bytes.count)))
            if count < 0 { return }
            if count == 0 { reader.pause() }
            for control in reader.read(bytes.prefix(max(0, count))) { controls.send(control) }
        }
    }
}
