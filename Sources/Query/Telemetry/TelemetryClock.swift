public import DeviceProtocol

/// Which of its two times counts as a sample's own.
public enum TelemetryClock: String, Sendable, CaseIterable {
    /// The time that the device states, where it can be believed (``DeviceTime/isSound(_:)``), else that of arrival.
    case device
    /// The time of arrival.
    case arrival

    /// Whether a sample counts by the time that its device states.
    public func isDevice(_ stated: Timestamp?) -> Bool {
        self == .device && stated.map(DeviceTime.isSound) ?? false
    }

    /// Whether a sample counts by the time that its device states.
    public func isDevice(_ sample: TelemetrySample) -> Bool {
        self == .device && sample.isDeviceTimeSound
    }

    /// The time of a sample, ns since the Unix epoch.
    public func time(of sample: TelemetrySample) -> Int64 {
        isDevice(sample) ? sample.deviceTime ?? sample.arrival : sample.arrival
    }
}
