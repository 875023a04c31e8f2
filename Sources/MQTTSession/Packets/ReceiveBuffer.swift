import Glibc

/// What came from the socket and was not handled yet; cuts it into packets.
///
/// It grows to hold the packet that is under way and shrinks again after a large one. Room is only reserved: pages that
/// nothing was received into take no memory.
struct ReceiveBuffer: ~Copyable {
    /// A whole packet; the body is valid until the buffer is filled again.
    struct Packet {
        /// The first byte: type and flags (MQTT 5.0 §2.1.1).
        var header: UInt8
        var body: UnsafeRawBufferPointer
    }

    private static let standardSize = 256 << 10
    private var storage: UnsafeMutableRawBufferPointer
    private var head = 0
    private var tail = 0
    /// Size of the packet that begins at `head`, as far as its header tells.
    private var expected = 0

    init() {
        storage = .allocate(byteCount: Self.standardSize, alignment: 16)
    }

    deinit {
        storage.deallocate()
    }

    mutating func removeAll() {
        head = 0
        tail = 0
        expected = 0
    }

    /// The next packet that is there as a whole.
    ///
    /// - Throws: ``MalformedPacket`` when its length makes no sense (MQTT 5.0 §1.5.5).
    mutating func next() throws(MalformedPacket) -> Packet? {
        let available = tail - head
        if available < 2 || available < expected { return nil }
        var length = 0
        var size = 1
        while true {
            if size == 5 { throw MalformedPacket(reason: "a packet's length of more than four bytes") }
            guard size < available else { return nil }
            let part = storage[head + size]
            length |= Int(part & 0x7f) << (7 * (size - 1))
            size += 1
            if part & 0x80 == 0 { break }
        }
        expected = size + length
        guard available >= expected else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: storage[head + size..<head + expected])
        let header = storage[head]
        head += expected
        expected = 0
        return Packet(header: header, body: body)
    }

    /// Where the next bytes from the socket go; never empty.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if head == tail {
            head = 0
            tail = 0
            shrink()
        }
        let needed = max(expected, Self.standardSize)
        if storage.count - head < needed || tail == storage.count { makeRoom(needed) }
        return UnsafeMutableRawBufferPointer(rebasing: storage[tail...])
    }

    /// Notes that so many bytes were received into ``room()``.
    mutating func filled(_ count: Int) {
        tail += count
    }

    /// Gives the memory of a large packet back, once it has been handled.
    mutating func shrink() {
        if head == tail, storage.count > 4 * Self.standardSize { resize(to: Self.standardSize) }
    }

    private mutating func makeRoom(_ needed: Int) {
        if head > 0 {
            // Overlapping places: copyMemory is memmove.
            storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[head..<tail]))
            tail -= head
            head = 0
        }
        if storage.count < needed || tail == storage.count { resize(to: max(needed, tail + Self.standardSize)) }
    }

    private mutating func resize(to size: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[head..<tail]))
        storage.deallocate()
        storage = larger
        tail -= head
        head = 0
    }
}
