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
    /// Silences longer than this are shortened to it, ns of recorded time.
    public var longestSilence: Int64?
    /// The access keys that devices present; without a key of its device a redacted property is left out.
    public var credentials: Credentials?

    /// The selected messages of devices, with their original timing.
    public init(path: String, selection: Selection) {
        self.path = path
        self.selection = selection
    }
}
