import ArgumentParser

/// Whether `record` takes the retained messages of the past.
struct SnapshotFlags: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Do not record the retained messages that the broker holds at the start.",
            discussion: "They are recorded in a session of their own, since nobody knows when they were published."))
    var noRetainedSnapshot = false

    var isWanted: Bool { !noRetainedSnapshot }
}
