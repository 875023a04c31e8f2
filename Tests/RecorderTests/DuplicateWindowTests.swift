import Tape
import Testing

@testable import Recorder

@Suite struct DuplicateWindowTests {
    @Test func `a repeat is found by packet id and content within the receive maximum`() {
        var window = DuplicateWindow(capacity: 3)
        window.insert(packetID: 1, sequence: 10, content: 100)
        #expect(window.original(packetID: 1, content: 100) == 10)
        #expect(window.original(packetID: 1, content: 101) == nil)
        #expect(window.original(packetID: 2, content: 100) == nil)
        window.insert(packetID: 2, sequence: 11, content: 0)
        window.insert(packetID: 3, sequence: 12, content: 0)
        #expect(window.original(packetID: 1, content: 100) == 10)
        window.insert(packetID: 4, sequence: 13, content: 0)
        #expect(window.original(packetID: 1, content: 100) == nil)
    }

    @Test func `a repeat that lies further back is found among deliveries from the tape`() {
        var window = DuplicateWindow(capacity: 3)
        for id in UInt16(1)...3 { window.insert(packetID: id, sequence: Int64(id), content: Int(id)) }
        window.insert(packetID: 4, sequence: 4, content: 4)
        #expect(!window.reaches(1))
        window.deepen(with: (UInt16(1)...4).map { Delivery(packetID: $0, sequence: Int64($0), content: Int($0)) })
        #expect(window.reaches(1) && window.reaches(99))
        #expect(window.original(packetID: 1, content: 1) == 1)
        #expect(window.original(packetID: 1, content: 2) == nil)
        // What comes meanwhile is remembered beyond the receive maximum too.
        for id in UInt16(1)...6 { window.insert(packetID: id, sequence: Int64(id) + 100, content: 7) }
        #expect(window.original(packetID: 1, content: 1) == nil)
        #expect(window.original(packetID: 1, content: 7) == 101)
        window.forgetEarlier()
        #expect(window.original(packetID: 1, content: 7) == nil)
        #expect(window.original(packetID: 6, content: 7) == 106)
    }

    @Test func `a packet id used again means its last message`() {
        var window = DuplicateWindow(capacity: 10)
        window.insert(packetID: 65_535, sequence: 1, content: 5)
        window.insert(packetID: 65_535, sequence: 2, content: 5)
        #expect(window.original(packetID: 65_535, content: 5) == 2)
        window.removeAll()
        #expect(window.original(packetID: 65_535, content: 5) == nil)
    }
}
