import Terminal
import Testing

@Suite struct DelimitedRowTests {
    private static func written(_ format: DelimitedRow.Format, _ rows: [[String?]]) throws -> String {
        let collector = Collector()
        let output = collector.buffer()
        var row = DelimitedRow(format)
        for fields in rows {
            for field in fields { row.append(field) }
            try row.write(to: output)
        }
        try output.flush()
        return collector.text
    }

    @Test func `CSV quotes what RFC 4180 wants quoted`() throws {
        #expect(
            try Self.written(.csv, [["a", "b,c", "say \"hi\"", "two\nlines", "cr\r", " space ", "tab\t"], ["x"]])
                == "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\", space ,tab\t\r\nx\r\n")
    }

    @Test func `CSV tells an empty text from an absent value`() throws {
        #expect(try Self.written(.csv, [["", nil, "a"], [nil, nil], [nil]]) == "\"\",,a\r\n,\r\n\"\"\r\n")
    }

    @Test func `TSV keeps a row on its line`() throws {
        #expect(
            try Self.written(.tsv, [["a\tb", "c\nd", "e\\n", "f\r", "\"q\"", nil, ""], ["\r\n"]])
                == #"a\tb"# + "\t" + #"c\nd"# + "\t" + #"e\\n"# + "\t" + #"f\r"# + "\t\"q\"\t\t\n" + #"\r\n"# + "\n")
    }
}
