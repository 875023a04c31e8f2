/// What is said of a device in a word, the last one counts.
enum StateFact: Hashable, CaseIterable {
    /// What it calls its condition.
    case status
    /// The firmware that it names.
    case firmware
    /// The firmware that the cloud wants it to run, and its file.
    case latestFirmware, latestFile
    /// The model or variant that it names.
    case model
    /// The version of the configuration that it has, and of the one that the cloud sent.
    case configVersion, latestConfigVersion
    /// The name that it gives itself.
    case name
}
