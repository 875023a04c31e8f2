import CLinux
import Threads

/// SIGINT, SIGTERM and SIGHUP, which ask a command to come to an end in good order.
enum StopSignal {
    /// Readable once a signal has come; never closed, since the next one may come at any time.
    static let wake = EventDescriptor()

    /// ``wake``, for waiting.
    static var descriptor: Int32 { wake.descriptor }

    /// Takes the signals over from the system, which would end the process.
    static func takeOver() {
        tapedeck_install_stop_handlers(descriptor)
    }

    /// Whether one has come.
    static var hasCome: Bool { number != 0 }

    /// Which came first; 0 for none.
    static var number: Int32 { tapedeck_stop_signal() }
}
