import DeviceProtocol
import Recorder
import Service
import Tape

/// A recording's figures under the names that docs/operating.md lists.
extension MetricsText {
    mutating func add(_ figures: FigureBoard.Figures, tape: String) {
        let statistics = figures.statistics
        let measures = statistics.measures
        gauge("tapedeck_build_info", "The program.", [("version", Tapedeck.version)], 1)
        gauges(
            "tapedeck_recording_info", "What is recorded onto which tape, by which client.",
            (figures.connections.isEmpty ? ["": ""] : figures.connections).sorted { $0.key < $1.key }.map {
                ([("tape", tape), ("broker", $0.value), ("client_id", $0.key)], 1)
            })
        gauge(
            "tapedeck_connected", "Whether the broker, of several all brokers, are connected.",
            figures.isConnected ? 1 : 0)
        gauge("tapedeck_clients", "MQTT clients that record.", Double(statistics.clients))
        gauge(
            "tapedeck_connected_clients", "MQTT clients that record and are connected.",
            Double(statistics.connectedClients))
        gauge(
            "tapedeck_waiting", "Whether the tape cannot be written at the moment and nothing is acknowledged.",
            figures.waiting == nil ? 0 : 1)
        counter("tapedeck_messages_total", "Messages that are durable on the tape.", Double(statistics.messages))
        counter(
            "tapedeck_message_bytes_total", "Bytes of topics, properties and payloads received.",
            Double(statistics.bytes))
        counter(
            "tapedeck_duplicate_messages_total", "Messages that are redeliveries of recorded ones.",
            Double(statistics.duplicates))
        counter("tapedeck_redactions_total", "Secrets replaced by placeholders.", Double(statistics.redactions))
        counter("tapedeck_reconnects_total", "Connections made after the first.", Double(statistics.reconnects))
        seconds("tapedeck_commit_duration_seconds", "How long commits took.", measures.commitTime)
        seconds(
            "tapedeck_commit_lag_seconds", "From the arrival of a batch's first message until it was durable.",
            measures.commitLag)
        histogram(
            "tapedeck_batch_messages", "Messages of a commit.", bounds: measures.batchSize.bounds.map(Double.init),
            counts: measures.batchSize.counts, sum: Double(measures.batchSize.sum))
        if let last = measures.lastCommit {
            gauge(
                "tapedeck_last_message_timestamp_seconds", "When a message was recorded last, Unix time.",
                Double(last.nanoseconds) / 1e9)
        }
        addLedger(statistics)
        addSealing(statistics)
    }

    mutating func add(_ room: TapeRoom) {
        if let size = room.size {
            gauge("tapedeck_tape_size_bytes", "Size of the tape and its write-ahead log.", Double(size))
        }
        if let free = room.free {
            gauge("tapedeck_disk_free_bytes", "What is free on the tape's disk.", Double(free))
        }
    }

    mutating func add(_ process: ProcessFigures) {
        counter("process_cpu_seconds_total", "Processor time used.", process.cpuSeconds)
        gauge("process_resident_memory_bytes", "Resident memory.", Double(process.residentBytes))
        if let count = process.openDescriptors {
            gauge("process_open_fds", "Open file descriptors.", Double(count))
        }
    }

    /// Every cause that a recorder may note has its line from the start: a rate needs a zero to begin from.
    private mutating func addLedger(_ statistics: RecordingStatistics) {
        let measures = statistics.measures
        let notes = Gap.Cause.allCases.map(\.rawValue).filter { !["sliced", "damaged"].contains($0) }
        let causes = notes + measures.ledger.keys.filter { !notes.contains($0) }
        counter(
            "tapedeck_ledger_rows_total", "Rows that this recording added to the loss ledger.", by: "cause",
            causes.sorted().map { ($0, Double(measures.ledger[$0] ?? 0)) })
        gauge(
            "tapedeck_missing_messages", "Messages known to be missing; some may still come.",
            Double(statistics.missing))
        gauge(
            "tapedeck_ledger_open_rows", "Rows of the loss ledger that have not ended: messages may be missing now.",
            Double(measures.openGaps))
    }

    private mutating func addSealing(_ statistics: RecordingStatistics) {
        let measures = statistics.measures
        counter("tapedeck_sealed_messages_total", "Messages moved into segments.", Double(measures.sealed))
        gauge(
            "tapedeck_unsealed_messages", "Messages of this recording that are not in a segment yet.",
            Double(max(0, statistics.messages - measures.sealed)))
        counter(
            "tapedeck_deleted_messages_total", "Messages deleted to keep the tape within its limits.",
            Double(measures.deleted))
        counter("tapedeck_triggers_total", "How often a condition began to hold.", Double(statistics.triggered))
        gauge("tapedeck_open_incidents", "Incidents that began and are not cut yet.", Double(statistics.openIncidents))
        counter("tapedeck_incident_tapes_total", "Incident tapes cut.", Double(statistics.incidents))
        counter(
            "tapedeck_incidents_failed_total", "Incidents that could not be cut and are not tried any more.",
            Double(statistics.incidentsFailed))
        counter(
            "tapedeck_incidents_left_out_total", "Triggers left out because too many incidents began.",
            Double(statistics.incidentsLeftOut))
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        gauge(name, help, [], value)
    }

    private mutating func seconds(_ name: String, _ help: String, _ values: Distribution) {
        histogram(
            name, help, bounds: values.bounds.map { Double($0) / 1e9 }, counts: values.counts,
            sum: Double(values.sum) / 1e9)
    }
}
