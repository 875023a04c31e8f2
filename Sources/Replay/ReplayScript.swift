public import DeviceProtocol
public import Tape

/// What is to be replayed: the messages of a tape that are wanted, and what happens to each before it is published.
///
/// Everything that looks at the same script sees the same messages: the plan that is shown first, and the replay.
public struct ReplayScript: Sendable {
    /// The tape file.
    public var path: String
    /// Which messages of it.
    public var selection: Selection
    /// Which of those are published.
    public var admission = Admission()
    /// Messages from before the window that say what held when it begins, oldest first; they are published first.
    public var state: [RecordedMessage] = []
    /// Silences longer than this are shortened to it, ns of recorded time.
    public var longestSilence: Int64?
    /// The access keys that devices present; without a key of its device a redacted property is left out.
    public var credentials: Credentials?
    /// What is changed in the messages.
    public var transformation = Transformation()

    /// The selected messages of devices, with their original timing.
    public init(path: String, selection: Selection) {
        self.path = path
        self.selection = selection
    }

    /// How a device logs in on a connection of its own: by what the credentials say of its id on the target, else of
    /// the recorded one.
    ///
    /// - Parameter device: the id on the target.
    /// - Returns: nil where the credentials know neither.
    public func login(of device: DeviceID) -> Credentials.Login? {
        if let login = credentials?.login(of: device) { return login }
        guard let recorded = transformation.devices.source(of: device) else { return nil }
        return credentials?.login(of: recorded, as: device)
    }
}
