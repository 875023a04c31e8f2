import DeviceProtocol
import Tape

extension PayloadShape {
    /// Whether telemetry of this shape may be about another device than the one of its topic: a batch, or a payload that
    /// names its device.
    ///
    /// https://dev.xyte.io/reference/send-child-telemetries
    var mayNameDevice: Bool {
        guard kind == .telemetry, let keys = memberKeys, !repeatsKeys else { return true }
        return !keys.contains("telemetries") || keys.contains("device_id")
    }
}
