import Tape
import Testing

@testable import Recorder

@Suite struct LossWatchTests {
    private static let second: Int64 = 1_000_000_000

    /// A watch that has learned that the broker counts, at second 10, and was calm then.
    private static func learned(unnumbered: Bool = false) -> LossWatch {
        var watch = LossWatch(at: 9 * second)
        for packetID in 1...100 as ClosedRange<UInt16> {
            watch.delivered(packetID: packetID, dup: false, at: 9 * second)
        }
        if unnumbered { watch.delivered(packetID: nil, dup: false, at: 9 * second) }
        watch.turn(drained: true, began: 10 * second, at: 10 * second)
        return watch
    }

    @Test func `dropped messages lie between the last calm instant and the first delivery behind them`() {
        var watch = Self.learned()
        watch.turn(drained: false, began: 14 * Self.second, at: 14 * Self.second)
        watch.delivered(packetID: 101, dup: false, at: 14 * Self.second)
        watch.delivered(packetID: 151, dup: false, at: 15 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.cause) == [.brokerDropped])
        #expect(rows.map(\.missing) == [49])
        #expect(rows.map(\.from) == [10 * Self.second])
        #expect(rows.map(\.until) == [15 * Self.second])
        #expect(watch.missing == 49)
        #expect(watch.storedRows().isEmpty)
    }

    @Test func `a socket that is empty for a moment while the queue is long is not calm`() {
        var watch = Self.learned()
        watch.turn(drained: false, began: 14 * Self.second, at: 14 * Self.second)
        watch.turn(drained: true, began: 14 * Self.second + 1, at: 14 * Self.second + 2)
        watch.delivered(packetID: 151, dup: false, at: 14 * Self.second + 3)
        #expect(watch.storedRows().map(\.from) == [10 * Self.second])
    }

    @Test func `a turn during which the process was stopped says nothing of the time after it began`() {
        var watch = Self.learned()
        watch.turn(drained: true, began: 11 * Self.second, at: 20 * Self.second)
        watch.delivered(packetID: 151, dup: false, at: 21 * Self.second)
        #expect(watch.storedRows().map(\.from) == [11 * Self.second])
    }

    @Test func `stuck messages that come after a reconnect are taken off the number`() {
        var watch = Self.learned(unnumbered: true)
        watch.delivered(packetID: 104, dup: false, at: 11 * Self.second)
        #expect(watch.suspects == 3)
        watch.connected(sessionPresent: true, at: 12 * Self.second)
        watch.delivered(packetID: 101, dup: true, at: 12 * Self.second)
        watch.delivered(packetID: 102, dup: true, at: 12 * Self.second)
        #expect(watch.storedRows().map(\.missing) == [1])
        watch.delivered(packetID: 103, dup: true, at: 12 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.cause) == [.stuck])
        #expect(rows.map(\.missing) == [0])
        #expect(watch.missing == 0)
    }

    @Test func `the counter's drops that no hole explains are a row of their own`() {
        var watch = Self.learned(unnumbered: true)
        watch.hasCounter = true
        watch.count(1_000, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        watch.delivered(packetID: 111, dup: false, at: 12 * Self.second)
        watch.count(1_050, at: 13 * Self.second)
        watch.turn(drained: true, began: 13 * Self.second, at: 13 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.missing).sorted { ($0 ?? 0) < ($1 ?? 0) } == [10, 40])
        #expect(watch.missing == 50)
    }

    @Test func `with all messages numbered the counter's other drops are other clients'`() {
        var watch = Self.learned()
        watch.hasCounter = true
        watch.count(1_000, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        watch.count(9_000, at: 13 * Self.second)
        watch.turn(drained: true, began: 13 * Self.second, at: 13 * Self.second)
        #expect(watch.storedRows().isEmpty)
    }

    @Test func `what the next message shows to be numbered is not counted twice`() {
        var watch = Self.learned(unnumbered: true)
        watch.hasCounter = true
        watch.count(0, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        watch.count(30, at: 13 * Self.second)
        watch.turn(drained: true, began: 13 * Self.second, at: 13 * Self.second)
        #expect(watch.missing == 30)
        watch.delivered(packetID: 131, dup: false, at: 14 * Self.second)
        watch.count(30, at: 15 * Self.second)
        watch.turn(drained: true, began: 15 * Self.second, at: 15 * Self.second)
        #expect(watch.missing == 30)
    }

    @Test func `a broker that begins to count at 0 was restarted`() {
        var watch = Self.learned(unnumbered: true)
        watch.hasCounter = true
        watch.count(5_000, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        watch.count(3, at: 12 * Self.second)
        watch.turn(drained: true, began: 12 * Self.second, at: 12 * Self.second)
        #expect(watch.missing == 3)
    }

    @Test func `not keeping up is noted where nothing tells whether it did harm`() {
        var watch = Self.learned(unnumbered: true)
        watch.turn(drained: false, began: 12 * Self.second, at: 12 * Self.second)
        watch.turn(drained: true, began: 15 * Self.second, at: 15 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.cause) == [.behind])
        #expect(rows.map(\.missing) == [nil])
        #expect(rows.map(\.from) == [10 * Self.second])
        #expect(rows.map(\.until) == [15 * Self.second])
    }

    @Test func `not keeping up is noted also where the connection breaks before the socket was read empty`() {
        var watch = Self.learned(unnumbered: true)
        watch.lost(at: 15 * Self.second)
        #expect(watch.storedRows().map(\.cause) == [.behind])
        watch.connected(sessionPresent: true, at: 60 * Self.second)
        watch.turn(drained: true, began: 60 * Self.second, at: 60 * Self.second)
        #expect(watch.storedRows().isEmpty)
    }

    @Test func `the next number proves that it did none`() {
        var watch = Self.learned()
        watch.turn(drained: true, began: 15 * Self.second, at: 15 * Self.second)
        watch.turn(drained: true, began: 16 * Self.second, at: 16 * Self.second)
        watch.delivered(packetID: 101, dup: false, at: 17 * Self.second)
        watch.finish()
        #expect(watch.storedRows().isEmpty)
    }

    @Test func `what no number could prove any more is noted at the end`() {
        var watch = Self.learned()
        watch.turn(drained: true, began: 15 * Self.second, at: 15 * Self.second)
        watch.finish()
        #expect(watch.storedRows().map(\.cause) == [.behind])
    }

    @Test func `holes close together are one row`() {
        var watch = Self.learned()
        watch.delivered(packetID: 103, dup: false, at: 11 * Self.second)
        #expect(watch.storedRows().map(\.missing) == [2])
        watch.turn(drained: true, began: 12 * Self.second, at: 12 * Self.second)
        watch.delivered(packetID: 107, dup: false, at: 15 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.id) == [1])
        #expect(rows.map(\.missing) == [5])
        #expect(rows.map(\.from) == [10 * Self.second])
        #expect(rows.map(\.until) == [15 * Self.second])
        #expect(watch.missing == 5)
    }

    @Test func `a row of the counter's drops grows with the counter`() {
        var watch = Self.learned(unnumbered: true)
        watch.hasCounter = true
        for (count, second) in [(0, 11), (30, 13), (42, 15)] as [(Int64, Int64)] {
            watch.count(count, at: second * Self.second)
            watch.turn(drained: true, began: second * Self.second, at: second * Self.second)
            if count > 0 { #expect(watch.storedRows().map(\.missing) == [count]) }
        }
        #expect(watch.counted?.id == 1)
        #expect(watch.counted?.until == 15 * Self.second)
        #expect(watch.missing == 42)
    }

    @Test func `what is given up stays missing`() {
        var watch = Self.learned()
        watch.delivered(packetID: 104, dup: false, at: 11 * Self.second)
        watch.giveUpSuspects()
        #expect(watch.suspects == 0)
        watch.connected(sessionPresent: true, at: 12 * Self.second)
        watch.delivered(packetID: 102, dup: true, at: 12 * Self.second)
        #expect(watch.storedRows().map(\.missing) == [3])
    }

    @Test func `holes far apart are rows of their own`() {
        var watch = Self.learned()
        watch.delivered(packetID: 103, dup: false, at: 11 * Self.second)
        watch.turn(drained: true, began: 60 * Self.second, at: 60 * Self.second)
        watch.delivered(packetID: 106, dup: false, at: 61 * Self.second)
        #expect(watch.storedRows().map(\.missing) == [2, 2])
        #expect(watch.missing == 4)
    }
}
