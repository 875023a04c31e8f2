import Testing

@testable import Tapedeck

@Suite struct ClientsFileTests {
    private static func read(_ text: String) throws -> [ClientsFile.Line] {
        try ClientsFile(Array(text.utf8), path: "c.csv").lines
    }

    @Test func `columns come in any order, and empty fields say nothing`() throws {
        let lines = try Self.read(
            """
            topic,username,broker,password
            # "devices" of the hall
            v1/device/a/# v1/device/b/#,a,mqtt://one,"se,cret"

            ,b,,
            """)
        #expect(lines.map(\.number) == [3, 5])
        #expect(lines[0].topics == ["v1/device/a/#", "v1/device/b/#"])
        #expect(lines[0].username == "a")
        #expect(lines[0].broker == "mqtt://one")
        #expect(lines[0].password == "se,cret")
        #expect(lines[1].topics.isEmpty)
        #expect(lines[1].broker == nil)
        #expect(lines[1].password == nil)
    }

    @Test(arguments: [
        ("", "no header"), ("broker,s3cret\nx,y", "column 2 is none of"), ("broker,broker\nx,y", "twice"),
        ("broker", "no client"),
        ("broker\nmqtt://a,b", "1 fields"), ("broker,cert\nmqtt://a,c.pem", "cert and key"),
        ("broker,username\nmqtt://a,u\nmqtt://a,u", "line 2 has the same"), ("broker\n\"mqtt://a", "fields"),
    ])
    func `what is wrong is named with its line, and no password repeated`(text: String, word: String) throws {
        let error = try #require(throws: ClientsFileError.self) { try Self.read(text) }
        #expect(error.description.contains("c.csv"))
        #expect(error.description.contains(word), "\(error)")
    }

    @Test func `labels are plain, stable and different`() {
        #expect(ClientsFile.label("reader-1") == "reader-1")
        #expect(ClientsFile.label(broker: "mqtts://broker.example:8883") == "broker.example-8883")
        #expect(ClientsFile.label("a b") != ClientsFile.label("ab"))
        #expect(ClientsFile.label("é") != ClientsFile.label("è"))
        let long = String(repeating: "x", count: 50)
        #expect(ClientsFile.label(long) != ClientsFile.label(long + "x"))
        #expect(ClientsFile.label(long).utf8.count < 50)
    }
}
