public import DeviceProtocol
public import Tape

/// The client identifiers of replays: always their own, never one that the recording knows.
public enum ReplayIdentity {
    /// A client identifier that nobody else has.
    public static func fresh() -> String {
        "tapedeck-replay-" + String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
    }

    /// Refuses a client identifier of the recording: connecting with it would throw out a recorder or a device.
    ///
    /// - Throws: ``ReplayError/clientIDTaken(clientID:owner:)``.
    public static func check(
        _ clientID: String, sessions: [Session], devices: Set<DeviceID>
    ) throws(ReplayError) {
        if let session = sessions.last(where: { $0.clientID?.utf8.elementsEqual(clientID.utf8) ?? false }) {
            throw .clientIDTaken(clientID: clientID, owner: "the recorder's of session \(session.id)")
        }
        if devices.contains(DeviceID(clientID)) {
            throw .clientIDTaken(clientID: clientID, owner: "that of a device on the tape")
        }
    }
}
