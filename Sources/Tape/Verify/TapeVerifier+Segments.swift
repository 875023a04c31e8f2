import SQLite

extension TapeVerifier {
    /// Checks the checksums of a segment, restores all messages, and compares them with what the segment's row says.
    func checkSegment(_ first: Int64) {
        guard let dictionary else { return }
        do {
            let segment = try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
            try segment.checkFrames()
            block.removeAll(firstSequence: first)
            try block.append(segment)
            let check = BlockCheck(block)
            try compare(block, check, segment)
            take(check, block, .segments, "segment")
        } catch {
            failed(.segments, "segment", first, "segment", error)
        }
    }

    private func compare(_ block: MessageBlock, _ check: BlockCheck, _ segment: SegmentReader) throws {
        var row = try tape.database.prepare(
            """
            SELECT count, first_arrival, last_arrival, first_clock, last_clock, size, literal, topics, templates,
              index_crc FROM segment WHERE first_seq = ?
            """)
        try row.bind(1, block.firstSequence)
        guard try row.step() else { return }
        func expect(_ column: String, _ stated: Int64, _ found: Int64?) {
            guard let found, found != stated else { return }
            fault(.segments, block, "\(column) is \(stated) in the segment's row, and \(found) in the segment")
        }
        expect("count", row.integer(0), Int64(block.count))
        expect("first_arrival", row.integer(1), check.arrivals?.lowerBound)
        expect("last_arrival", row.integer(2), check.arrivals?.upperBound)
        expect("first_clock", row.integer(3), check.clocks.keys.min())
        expect("last_clock", row.integer(4), check.clocks.keys.max())
        expect("size", row.integer(5), check.bytes)
        if row.integer(6) < 0 || row.integer(6) > Int64(block.count) {
            fault(.segments, block, "literal is \(row.integer(6)), with \(block.count) messages")
        }
        if Checksum.of(row.blob(7) + row.blob(8)) != row.integer(9) {
            fault(.segments, block, "the columns topics and templates do not fit their checksum")
        }
        let index = try SegmentIndex(topics: row.blob(7), templates: row.blob(8))
        try compareTopics(index, block, check, segment)
        // 0 stands for a template that is in the segment itself.
        if index.templates != segment.layout.groups.map({ $0.template.number ?? 0 }).sorted() {
            fault(.segments, block, "the column templates does not name the templates of the segment")
        }
    }

    private func compareTopics(
        _ index: SegmentIndex, _ block: MessageBlock, _ check: BlockCheck, _ segment: SegmentReader
    ) throws {
        guard index.topics.map(\.name) == segment.layout.topics else {
            return fault(.segments, block, "the column topics does not name the topics of the segment")
        }
        var found: [[UInt8]: BlockCheck.TopicSums] = [:]
        for topic in check.topics { found[topic.name] = topic }
        for (position, stated) in index.topics.enumerated() {
            let sums = found[Array(try segment.topic(position).utf8)]
            if sums?.messages != stated.messages || sums?.bytes != stated.bytes {
                return fault(.segments, block, "the column topics counts other messages than the segment holds")
            }
        }
    }

    /// Reads all entries of the dictionary; that segments find theirs is seen when they are restored.
    func checkDictionary() {
        guard hasSegments else { return }
        check(table: "topic", column: "name") { row in
            row.withBlob(1) { String(validating: $0, as: UTF8.self) == nil } ? "is not UTF-8" : nil
        }
        check(table: "template", column: "body") { row in
            do throws(MalformedFrame) {
                _ = try Template(row.blob(1))
                return nil
            } catch {
                return "makes no sense: \(error.reason) (byte \(error.offset))"
            }
        }
        check(table: "string", column: "body") { _ in nil }
    }

    private func check(table: String, column: String, _ problem: (borrowing Statement) -> String?) {
        do {
            var rows = try tape.database.prepare("SELECT id, \(column), crc FROM \(table) ORDER BY id")
            while try rows.step() {
                report.examined(.dictionary)
                if rows.integer(0) < 1 {
                    fault(TapeFault(.dictionary, "\(table) \(rows.integer(0)) has a number that nothing can refer to"))
                }
                if Checksum.of(rows.blob(1)) != rows.integer(2) {
                    fault(TapeFault(.dictionary, "\(table) \(rows.integer(0)) does not fit its checksum"))
                }
                if let problem = problem(rows) {
                    fault(TapeFault(.dictionary, "\(table) \(rows.integer(0)) \(problem)"))
                }
            }
        } catch {
            fault(TapeFault(.dictionary, "table \(table) cannot be read to its end: \(error.message)"))
        }
    }
}
