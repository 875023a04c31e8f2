import Foundation
import MQTTWire
import Testing

@testable import Recorder

@Suite struct RedactorTests {
    private let key = RedactionKey(bytes: Array(0..<32))

    @Test func `secrets become placeholders, everything else stays as it is and where it is`() {
        var redactor = Redactor(key: key)
        let properties = PublishProperties([
            .userProperty(name: "device_id", value: "a"), .userProperty(name: "access_key", value: "s3cret"),
            .responseTopic("x"), .userProperty(name: "Access_Key", value: "s3cret"),
        ])
        let result = redactor.redact(properties)
        #expect(result.count == 2)
        let users = result.properties.userProperties
        #expect(users.map(\.name) == ["device_id", "access_key", "Access_Key"])
        #expect(users[0].value == "a")
        #expect(users[1].value == users[2].value)
        #expect(users[1].value.hasPrefix("redacted:"))
        #expect(users[1].value.utf8.count == "redacted:".utf8.count + 32)
        #expect(result.properties.list[2] == .responseTopic("x"))
    }

    @Test func `the same secret has the same placeholder under one key and another under another`() {
        var first = Redactor(key: key)
        var second = Redactor(key: key)
        var other = Redactor(key: RedactionKey(bytes: Array(1..<33)))
        #expect(first.placeholder(for: "k") == second.placeholder(for: "k"))
        #expect(first.placeholder(for: "k") != first.placeholder(for: "l"))
        #expect(first.placeholder(for: "k") != other.placeholder(for: "k"))
    }

    @Test func `the key is made once, for its owner only, and found again`() throws {
        let folder = "/tmp/tapedeck-key-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = RedactionKey.kept(in: folder + "/deep/redaction.key")
        let found = RedactionKey.kept(in: folder + "/deep/redaction.key")
        #expect(made.name == found.name)
        #expect(!made.isEphemeral)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/deep/redaction.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `without a place for the key it holds for this recording only`() {
        #expect(RedactionKey.kept(in: "/proc/nowhere/redaction.key").isEphemeral)
    }
}
