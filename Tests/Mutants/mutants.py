"""The lines on which most depends, each with a mistake that somebody could make in it.

A mutant is a file, the text that stands there, what takes its place, and the tests that must notice.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = [
    Mutant(
        "acknowledges before the commit", "Sources/Recorder/Recorder+Recording.swift",
        "        try commitOnly()\n        for client in clients where client.connection != nil { flush(client) }",
        "        for client in clients where client.connection != nil { flush(client) }\n        try commitOnly()",
        "AcknowledgementTests"),
    Mutant(
        "reads on before the acknowledgements are out", "Sources/Recorder/Recorder+Recording.swift",
        "            guard !client.isBlocked else { return }\n        }\n        if isBatchFull {",
        "        }\n        if isBatchFull {", "BlockedClientTests"),
    Mutant(
        "forgets the batch that could not be committed", "Sources/Tape/TapeWriter.swift",
        "        try write { () throws(SQLiteError) in\n            for row in rows { try tape.database.insertBatch(row) }",
        "        defer { pendingCount = 0; runs = []; frames = [] }\n"
        "        try write { () throws(SQLiteError) in\n            for row in rows { try tape.database.insertBatch(row) }",
        "TapeTests"),
    Mutant(
        "commits without waiting for the disk", "Sources/Tape/File/TapeFile.swift",
        "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;", "TapeFileTests"),
    Mutant(
        "makes tapes that others can read", "Sources/Tape/File/TapeFile.swift",
        "O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)", "O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o644)",
        "TapeFileTests|SecretsTests"),
    Mutant(
        "takes every DUP with a known identifier for a repeat", "Sources/Recorder/DuplicateWindow.swift",
        "guard let entry = latest(packetID) ?? earlier?[packetID], entry.content == content else { return nil }",
        "guard let entry = latest(packetID) ?? earlier?[packetID] else { return nil }",
        "DuplicateWindowTests|AcknowledgementTests"),
    Mutant(
        "keeps packet identifiers across the broker's sessions", "Sources/Recorder/Clients/Recorder+Connecting.swift",
        "            client.window.removeAll()\n", "", "AcknowledgementTests"),
    Mutant(
        "relies on subscriptions that the broker has forgotten",
        "Sources/Recorder/Clients/Recorder+Connecting.swift",
        "            client.subscribed = false\n            client.held = []", "            client.held = []",
        "AcknowledgementTests|RecordTests"),
    Mutant(
        "does not say that the broker forgot the session", "Sources/Recorder/Clients/Recorder+Connecting.swift",
        "                client.sessionLost = true\n", "", "RecordTests"),
    Mutant(
        "counts one message too few in a hole", "Sources/Recorder/Losses/PacketSequence.swift",
        "return .jump(distance - 1)", "return .jump(distance - 2)", "PacketSequenceTests|LossWatchTests"),
    Mutant(
        "calls a kill an ordinary end", "Sources/Tape/Catalogue/Connection+Catalogue.swift",
        "cause: killed ? .killed : .stopped", "cause: .stopped", "TapeRoundTripTests|ConcurrentSessionsTests"),
    Mutant(
        "takes deliveries of a broker session that is over", "Sources/Tape/TapeWriter.swift",
        "message.sequence >= starts[client] ?? .max, let delivery", "let delivery", "TapeRoundTripTests|ConcurrentSessionsTests"),
    Mutant(
        "seals without taking the journal away", "Sources/Tape/Sealing/TapeSealer.swift",
        "                try delete.run()\n            }\n            return Self.step",
        "            }\n            return Self.step", "SealedTapeTests"),
    Mutant(
        "seals without reading back", "Sources/Tape/Segment/BlockSealer.swift",
        "guard try differences(block, second).isEmpty else {", "guard different.count >= 0 else {", "EncoderFaultTests"),
    Mutant(
        "leaves the checksum out of journal batches", "Sources/Tape/Journal/BatchCompression.swift",
        "ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)",
        "ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0)", "DamageTests"),
    Mutant(
        "begins numbers anew behind segments", "Sources/Tape/TapeWriter.swift",
        "coalesce((SELECT first_seq + count - 1 FROM segment ORDER BY first_seq DESC LIMIT 1), 0)", "0",
        "SealedTapeTests"),
    Mutant(
        "deletes what a trigger still needs", "Sources/Tape/Sealing/TapeSealer+Retention.swift",
        "retention.keepsFrom.map { lastArrival >= $0.nanoseconds } ?? false", "false", "RingTests|RetentionTests"),
    Mutant(
        "does not replace secrets that it has seen elsewhere", "Sources/Recorder/Redaction/Redactor.swift",
        "return found.isEmpty ? nil : Self.text(replacing: found, in: bytes, &counts)\n    }\n\n    /// What fits",
        "return found.count >= 0 ? nil : Self.text(replacing: found, in: bytes, &counts)\n    }\n\n    /// What fits",
        "RedactorTests|RedactionPropertyTests"),
    Mutant(
        "lets a delay move everything behind it", "Sources/Replay/ReplaySchedule.swift",
        "        instant = now\n        self.rate = rate", "        self.rate = rate", "ReplayScheduleTests"),
    Mutant(
        "computes deadlines at the wrong rate", "Sources/Replay/ReplaySchedule.swift",
        "Self.whole(Double(distance) / rate)", "Self.whole(Double(distance) * rate)", "ReplayScheduleTests"),
    Mutant(
        "replays commands of the cloud unasked", "Sources/Replay/Admission.swift",
        "case .cloudToDevice: return .cloudToDevice", "case .cloudToDevice: break", "ReplayPlanTests"),
    Mutant(
        "replays to the broker of the recording", "Sources/Replay/SourceGuard.swift",
        "sources.last { !$0.endpoints.isDisjoint(with: endpoints) }", "sources.last { _ in false }",
        "SourceGuardTests|ReplayTests"),
    Mutant(
        "sends placeholders of secrets", "Sources/Replay/Transformation/Placeholder.swift",
        "        text.utf8.starts(with: prefix.utf8)\n    }", "        false\n    }", "PlaceholderTests|ReplayTests"),
    Mutant(
        "answers with a message at the excluded end of a window", "Sources/Tape/Selection.swift",
        "if let until, arrival >= until.nanoseconds", "if let until, arrival > until.nanoseconds", "SelectionTests"),
    Mutant(
        "fires a trigger as long as its condition holds", "Sources/Recorder/Triggers/MetricWatch.swift",
        "if before.isEmpty, cause == nil {", "if cause == nil {", "TriggerWatchTests"),
]
