import DeviceProtocol
import Diff
import Foundation
import JSONScan
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Tapedeck

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct DiffOutputTests {
    private static let hostile = "<script>alert('x')</script>\u{1b}[31m\u{202e}&\"]]>\u{1}\u{ffff}"

    /// What two tapes with hostile names and payloads come to.
    private static func comparison() throws -> (summary: DiffSummary, differences: [Difference]) {
        let (base, candidate) = (try TestTape(), try TestTape())
        for second in 0..<6 {
            base.add("v1/device/<b>&\"/x", hostile + "\(second)", at: Double(second))
            base.add("v1/device/A/commands", #"{"id":"1","name":"</failure>"}"#, at: Double(second))
            if second != 2 {
                candidate.add(
                    "v1/device/<b>&\"/x", hostile + "\(second == 4 ? 9 : second)", at: Double(second))
            }
        }
        candidate.add("v1/device/A/commands", #"{"id":"1","name":"other"}"#, at: 1)
        var differences: [Difference] = []
        let summary = try TapeComparison(
            base: DiffSide(try base.reader(), Selection()), candidate: DiffSide(try candidate.reader(), Selection())
        ).run { differences.append($0) }
        return (summary, differences)
    }

    private static func findings(_ differences: [Difference], limit: Int = 1_000) -> DiffFindings {
        var findings = DiffFindings(limit: limit, ofGroup: 3)
        for difference in differences { findings.note(difference) }
        return findings
    }

    @Test func `a page holds nothing that a browser would run or fetch`() throws {
        let (summary, differences) = try Self.comparison()
        let collector = Collector()
        let output = collector.output
        let page = DiffPage(
            summary: summary, findings: Self.findings(differences), facts: [("Base", "<i>")],
            losses: ["base: <u>"], verdict: "different", zone: .gmt)
        try page.write(to: output)
        try output.flush()
        let text = collector.text
        for word in ["<script", "<b>&", "<i>", "<u>", "http:", "https:", "src=", "url("] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(!text.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x202e })
        #expect(text.contains("&lt;script&gt;") && text.contains("and 3 more") && text.contains("&lt;u&gt;"))
        #expect(text.contains("<td class=\"missing\">6</td>"))
    }

    @Test func `JUnit is well-formed XML whatever the payloads hold`() throws {
        let (summary, differences) = try Self.comparison()
        let collector = Collector()
        let output = collector.output
        try DiffJUnit(
            summary: summary, findings: Self.findings(differences), duration: 1_500_000_000, name: Self.hostile
        ).write(to: output)
        try output.flush()
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(collector.text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError)) \(collector.text)")
        #expect(reader.elements["testsuite"] == 2 && reader.elements["testcase"] == 3)
        #expect(reader.elements["failure"] == 3)
        #expect(reader.names.contains("command </failure>") && reader.names.contains("<b>&\""))
        #expect(reader.text.contains("missing 2026-11-22T14:00:02.000000000Z seq"))
    }

    @Test func `JSON lines have the keys of the contract and stay JSON`() throws {
        let (_, differences) = try Self.comparison()
        let collector = Collector()
        let output = collector.output
        var lines = DifferenceJSON()
        for difference in differences { try lines.write(difference, to: output) }
        try output.flush()
        let rows = try collector.text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        #expect(rows.count == differences.count)
        let changed = try #require(rows.first { $0["verdict"]?.string == "changed" })
        #expect(
            changed.members?.map(\.key) == [
                "device", "kind", "key", "verdict", "base", "candidate", "path", "base_seq", "candidate_seq",
                "base_time", "candidate_time", "late_ms",
            ])
        #expect(changed["base"]?.string == Self.hostile + "4" && changed["path"]?.string == "/$text")
        let missing = try #require(rows.first { $0["verdict"]?.string == "missing" && $0["kind"]?.string == "command" })
        #expect(missing["candidate_seq"] == nil && missing["base"]?["name"]?.string == "</failure>")
    }

    @Test func `the table has the sums first, and a number of differences`() throws {
        let (summary, differences) = try Self.comparison()
        let collector = Collector()
        let output = collector.output
        let screen = Screen(.table, TerminalCapabilities(environment: { _ in nil }, isTerminal: { _ in false }))
        let text = DiffText(summary: summary, screen: screen, zone: .gmt, output: output)
        try text.writeSummary()
        let findings = Self.findings(differences, limit: 4)
        try text.write(findings.all)
        try output.flush()
        let lines = collector.text.split(separator: "\n")
        #expect(lines.first?.hasPrefix("device") ?? false)
        #expect(lines.count == 3 + 1 + 4 && findings.total == differences.count)
        #expect(!collector.text.unicodeScalars.contains { $0.value == 0x1b })
    }

    @Test func `device maps name the line that is wrong`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tapedeck-map-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try "from,to\nA, B\n\"C\",\"D\"\n\n".write(to: file, atomically: true, encoding: .utf8)
        var map = DeviceMap()
        try DeviceMapFile.add(file: file.path, to: &map)
        #expect(map.candidate(of: "A") == "B" && map.candidate(of: "C") == "D" && map.base(of: "D") == "C")
        for (text, reason) in [("A,B\nX\n", "line 2: two ids expected"), ("A,B\nC,B\n", "line 2: two devices")] {
            try text.write(to: file, atomically: true, encoding: .utf8)
            var map = DeviceMap()
            let error = #expect(throws: DeviceMapError.self) { try DeviceMapFile.add(file: file.path, to: &map) }
            #expect("\(error.map(\.description) ?? "")".contains(reason))
        }
        #expect(throws: DeviceMapError.self) { try DeviceMapFile.add(option: "A", to: &map) }
    }
}

/// Counts what a document has.
private final class JUnitReader: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var names: [String] = []
    var text = ""

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
    ) {
        elements[elementName, default: 0] += 1
        names += attributeDict["name"].map { [$0] } ?? []
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
