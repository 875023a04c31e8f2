import ArgumentParser

/// What `record` asks the broker for by a second client, whose client id ends in `-side`.
struct SnapshotFlags: ParsableArguments {
    @Flag(help: "Do not record the retained messages that the broker holds at the start.")
    var noRetainedSnapshot = false

    @Flag(help: "Do not watch the broker's $SYS count of dropped messages.")
    var noBrokerStatistics = false
}
