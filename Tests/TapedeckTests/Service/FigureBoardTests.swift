import DeviceProtocol
import Recorder
import Service
import Synchronization
import TestSupport
import Testing

@testable import Tapedeck

@Suite struct FigureBoardTests {
    /// A clock that stands until it is set.
    private final class Clock: Sendable {
        let now = Mutex<Int64>(0)

        func set(_ seconds: Int64) { now.withLock { $0 = seconds * 1_000_000_000 } }
    }

    private static func board(_ clock: Clock) -> FigureBoard {
        FigureBoard(tape: "/nowhere/x \"1\".tape") { clock.now.withLock { $0 } }
    }

    @Test func `health is the recording thread's, not the broker's`() throws {
        let clock = Clock()
        let board = Self.board(clock)
        func health() throws -> (Int, String) {
            let page = try #require(board.page("/healthz"))
            return (page.status, String(decoding: page.body, as: UTF8.self))
        }
        board.note(.recording(broker: "b", clientID: "c", sessionPresent: false))
        #expect(try health() == (200, "ok, recording\n"))
        clock.set(16)
        #expect(try health() == (503, "the recording thread does not answer\n"))
        board.note(.disconnected(clientID: "c", reason: "gone", retryIn: 1))
        #expect(try health() == (200, "ok, not connected to the broker\n"))
        clock.set(40)
        #expect(try health().0 == 503)
        board.note(.waiting(reason: "the disk is full"))
        #expect(try health() == (200, "ok, waiting: the disk is full\n"))
        #expect(board.page("/other") == nil)
    }

    @Test func `the figures are sound text of Prometheus, from the first moment`() throws {
        let board = Self.board(Clock())
        _ = try Exposition(try Self.metrics(board))
        var statistics = RecordingStatistics()
        statistics.messages = 7
        statistics.reconnects = 2
        statistics.connectedClients = 1
        board.note(.recording(broker: "b", clientID: "c", sessionPresent: false))
        statistics.measures.ledger = ["disconnected": 2, "a_new_cause": 1]
        statistics.measures.openGaps = 1
        statistics.measures.sealed = 5
        statistics.measures.lastCommit = Timestamp(nanoseconds: 1_500_000_000)
        statistics.measures.commitTime.add(3_000_000)
        statistics.measures.commitTime.add(9_000_000_000)
        board.note(.progress(statistics))
        let text = try Exposition(try Self.metrics(board))
        #expect(text["tapedeck_messages_total"] == 7)
        #expect(text["tapedeck_connected"] == 1)
        #expect(text["tapedeck_reconnects_total"] == 2)
        #expect(text[#"tapedeck_ledger_rows_total{cause="disconnected"}"#] == 2)
        #expect(text[#"tapedeck_ledger_rows_total{cause="refused"}"#] == 0)
        #expect(text[#"tapedeck_ledger_rows_total{cause="a_new_cause"}"#] == 1)
        #expect(text["tapedeck_ledger_open_rows"] == 1)
        #expect(text["tapedeck_unsealed_messages"] == 2)
        #expect(text["tapedeck_last_message_timestamp_seconds"] == 1.5)
        #expect(text[#"tapedeck_commit_duration_seconds_bucket{le="0.005"}"#] == 1)
        #expect(text[#"tapedeck_commit_duration_seconds_bucket{le="+Inf"}"#] == 2)
        #expect(text["tapedeck_commit_duration_seconds_sum"] == 9.003)
        #expect((text["process_resident_memory_bytes"] ?? 0) > 1e6)
    }

    private static func metrics(_ board: FigureBoard) throws -> String {
        String(decoding: try #require(board.page("/metrics")).body, as: UTF8.self)
    }
}
