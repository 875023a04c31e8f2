import ArgumentParser

/// Answers questions about what a tape holds.
struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Answer questions from a tape.",
        discussion: """
            Rows go to standard output, one at a time: a table on a terminal, JSON Lines in a pipe. Warnings about \
            missing or damaged parts and a summary go to standard error.

            Exit codes: 0 done (also when nothing matched), 1 error, 3 parts of the tape could not be read, 64 usage, \
            130 interrupted.
            """,
        subcommands: [
            QueryMessages.self, QueryTelemetry.self, QueryTrend.self, QueryCommands.self, QueryDevices.self,
            QueryState.self, QueryConfigs.self, QueryLicenses.self, QueryFirmware.self, QueryFindings.self,
            QueryGaps.self, QueryMarks.self, QueryTimeline.self, QuerySQL.self,
        ])
}
