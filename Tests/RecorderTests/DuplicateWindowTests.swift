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

    @Test func `a packet id used again means its last message`() {
        var window = DuplicateWindow(capacity: 10)
        window.insert(packetID: 65_535, sequence: 1, content: 5)
        window.insert(packetID: 65_535, sequence: 2, content: 5)
        #expect(window.original(packetID: 65_535, content: 5) == 2)
        window.removeAll()
        #expect(window.original(packetID: 65_535, content: 5) == nil)
    }
}
