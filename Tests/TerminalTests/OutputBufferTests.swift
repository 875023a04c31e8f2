import Glibc
import Terminal
import Testing

@Suite struct OutputBufferTests {
    @Test func `holds text back until it is full or flushed`() throws {
        let collector = Collector()
        let buffer = collector.buffer(capacity: 8)
        try buffer.append("12345")
        try buffer.append(bytes: [0x36, 0x37, 0x38])
        #expect(collector.writes == 0)
        try buffer.append("9")
        #expect(collector.text == "12345678")
        try buffer.flush()
        try buffer.flush()
        #expect(collector.text == "123456789")
        #expect(collector.writes == 2)
    }

    @Test func `a piece larger than the buffer keeps its place`() throws {
        let collector = Collector()
        let buffer = collector.buffer(capacity: 8)
        try buffer.append("a")
        try buffer.append(String(repeating: "b", count: 20))
        try buffer.append(bytes: Array(repeating: 0x63, count: 8))
        try buffer.append("d")
        try buffer.flush()
        #expect(collector.text == "a" + String(repeating: "b", count: 20) + "ccccccccd")
    }

    @Test func `goes on after an interruption, a full pipe and a short write`() throws {
        let collector = Collector()
        var answers = [-Int(EINTR), 2, -Int(EAGAIN), 3, -Int(EINTR), 100]
        var waits = 0
        let buffer = OutputBuffer(
            write: { piece in
                let answer = min(answers.removeFirst(), piece.count)
                if answer > 0 { collector.take(piece.prefix(answer)) }
                return answer
            }, waitUntilWritable: { waits += 1 })
        try buffer.append("1234567")
        try buffer.flush()
        #expect(collector.text == "1234567")
        #expect(waits == 1)
        #expect(answers.isEmpty)
    }

    @Test func `a reader that has gone is an error of its own, and nothing is written after it`() throws {
        var writes = 0
        let buffer = OutputBuffer { _ in
            writes += 1
            return -Int(EPIPE)
        }
        try buffer.append("1")
        #expect(throws: OutputClosed()) { try buffer.flush() }
        try buffer.append("2")
        #expect(throws: OutputClosed()) { try buffer.flush() }
        #expect(writes == 1)
    }

    @Test func `a full disk is said in words`() throws {
        let buffer = OutputBuffer { _ in -Int(ENOSPC) }
        try buffer.append("1")
        let error = #expect(throws: OutputFailure.self) { try buffer.flush() }
        #expect(
            error?.description == "the output could not be written (No space left on device): "
                + "free some space or write to another disk")
        #expect(OutputFailure(code: EIO).description == "the output could not be written: Input/output error")
    }

    @Test func `a write that takes nothing does not hang`() throws {
        let buffer = OutputBuffer { _ in 0 }
        try buffer.append("1")
        #expect(throws: OutputFailure(code: EIO)) { try buffer.flush() }
    }

    @Test func `writes to a file descriptor`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let buffer = OutputBuffer(descriptor: ends[1])
        try buffer.append("voilà\n")
        try buffer.flush()
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(ends[0], &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "voilà\n")
    }

    @Test func `a pipe without a reader is an error and not a signal`() throws {
        OutputBuffer.ignoreBrokenPipes()
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let buffer = OutputBuffer(descriptor: ends[1])
        try buffer.append("1")
        #expect(throws: OutputClosed()) { try buffer.flush() }
    }

    @Test func `a device without space is an error`() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let buffer = OutputBuffer(descriptor: descriptor)
        try buffer.append("1")
        #expect(throws: OutputFailure(code: ENOSPC)) { try buffer.flush() }
    }
}
