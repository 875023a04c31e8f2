import Foundation
import MQTTWire
import Tape
import Testing

@testable import Recorder

@Suite struct RedactorTests {
    @Test func `secrets in properties become placeholders, everything else stays as it is and where it is`() throws {
        var bench = try RedactionBench()
        let message = bench.message(
            "v1/device/a/telemetry", "{}",
            [
                .userProperty(name: "device_id", value: "a"), .userProperty(name: "access_key", value: "s3cret"),
                .responseTopic("x"), .userProperty(name: "Access-Key", value: "s3cret"),
                .userProperty(name: "access_key", value: ""),
            ])
        #expect(message.redactions == 2)
        let users = message.properties.userProperties
        #expect(users.map(\.name) == ["device_id", "access_key", "Access-Key", "access_key"])
        #expect(users[0].value == "a" && users[3].value == "")
        #expect(users[1].value == users[2].value)
        #expect(users[1].value.hasPrefix("redacted:"))
        #expect(users[1].value.utf8.count == "redacted:".utf8.count + 32)
        #expect(message.properties.list[2] == .responseTopic("x"))
        #expect(bench.redactor.counts[.properties] == 2 && bench.redactor.counts.total == 2)
    }

    @Test func `the same secret has the same placeholder under one key and another under another`() {
        let first = Redactor(key: RedactionBench.key)
        let second = Redactor(key: RedactionBench.key)
        let other = Redactor(key: RedactionKey(bytes: Array(1..<33)))
        let (key, last) = (Array("k".utf8), Array("l".utf8))
        #expect(first.placeholder(of: key) == second.placeholder(of: key))
        #expect(first.placeholder(of: key) != first.placeholder(of: last))
        #expect(first.placeholder(of: key) != other.placeholder(of: key))
    }

    @Test func `a placeholder stays as it is and counts as nothing`() throws {
        var bench = try RedactionBench()
        let placeholder = bench.placeholder("x")
        let payload = "{\"password\":\"\(placeholder)\",\"u\":\"https://h/?sig=\(placeholder)\"}"
        let message = bench.message(
            "v1/device/a/update", payload, [.userProperty(name: "access_key", value: placeholder)])
        #expect(message.redactions == 0)
        #expect(message.payload == Array(payload.utf8))
        #expect(message.properties.userProperty("access_key") == placeholder)
    }

    @Test func `a key that was seen is found verbatim wherever it stands`() throws {
        let key = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0"
        var bench = try RedactionBench()
        bench.present(key)
        let put = bench.placeholder(key)
        let message = bench.message(
            "other/\(key)/x", "{\"note\":\"it is \(key)!\",\"\(key)\":1}",
            [
                .responseTopic("re/\(key)"), .contentType("x/\(key)"), .correlationData(Array("c\(key)".utf8)),
                .userProperty(name: "note", value: "<\(key)>"),
            ])
        #expect(message.topic == "other/\(put)/x")
        #expect(String(decoding: message.payload, as: UTF8.self) == "{\"note\":\"it is \(put)!\",\"\(put)\":1}")
        #expect(
            message.properties.list == [
                .responseTopic("re/\(put)"), .contentType("x/\(put)"), .correlationData(Array("c\(put)".utf8)),
                .userProperty(name: "note", value: "<\(put)>"),
            ])
        #expect(message.redactions == 7 && bench.redactor.counts[.literals] == 7)
        let binary = bench.message("b", "\0\u{1}\(key)\(key)\0")
        #expect(binary.payload == Array("\0\u{1}\(put)\(put)\0".utf8))
    }

    @Test func `a secret that a payload tells is found in the same message and in later ones`() throws {
        var bench = try RedactionBench()
        let secret = "correct horse battery staple"
        let put = bench.placeholder(secret)
        #expect(
            bench.payload("{\"a\":\"use \(secret)\",\"password\":\"\(secret)\"}")
                == "{\"a\":\"use \(put)\",\"password\":\"\(put)\"}")
        #expect(bench.payload("[\"\(secret)\"]") == "[\"\(put)\"]")
    }

    @Test func `a short key is found as a word, and a device's name is never a secret`() throws {
        var bench = try RedactionBench()
        bench.present("device")
        bench.present("s3cret-7")
        bench.present("a", on: "v1/device/a/telemetry")
        bench.present("the-long-name-of-a-device", on: "v1/device/the-long-name-of-a-device/telemetry")
        let put = bench.placeholder("s3cret-7")
        #expect(bench.payload("{\"x\":\"key s3cret-7, not s3cret-77\"}") == "{\"x\":\"key \(put), not s3cret-77\"}")
        let message = bench.message("v1/device/the-long-name-of-a-device/telemetry", "{\"a\":\"devices a\"}")
        #expect(message.topic == "v1/device/the-long-name-of-a-device/telemetry" && message.redactions == 0)
    }

    @Test func `properties that were seen before are looked at again when a secret was learned`() throws {
        let key = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0"
        var bench = try RedactionBench()
        let properties: [PublishProperty] = [.responseTopic("re/\(key)")]
        #expect(bench.message("t", "{}", properties).redactions == 0)
        bench.present(key)
        #expect(bench.message("t", "{}", properties).redactions == 1)
        #expect(bench.message("t", "{}", properties).redactions == 1)
    }

    @Test func `many secrets are all found, until there are more than are remembered`() {
        var redactor = Redactor(key: RedactionBench.key, memory: 1_000)
        func key(_ number: Int) -> String { "common-beginning-of-all-keys-\(100_000 + number)" }
        for number in 0..<1_000 {
            var message = RedactionBench.message("t", [], [.userProperty(name: "access_key", value: key(number))])
            redactor.redact(&message)
        }
        for number in 0..<1_000 {
            for shift in 0..<9 {
                let text = String(repeating: ".", count: shift) + key(number)
                var message = RedactionBench.message("t", Array(text.utf8))
                #expect(redactor.redact(&message) == 1)
                #expect(message.payload.count == shift + 41)
            }
        }
        var message = RedactionBench.message("t", [], [.userProperty(name: "access_key", value: key(1_000))])
        redactor.redact(&message)
        #expect(redactor.table.count == 1)
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

    @Test(arguments: [
        (["TAPEDECK_REDACTION_KEY_FILE": "/k", "XDG_STATE_HOME": "/s", "HOME": "/h"], "/k"),
        (["TAPEDECK_REDACTION_KEY_FILE": "", "XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/tapedeck/redaction.key"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/tapedeck/redaction.key"),
        ([:], "/var/lib/.local/state/tapedeck/redaction.key"),
    ])
    func `the key is kept in the user's state folder, unless a file is named`(
        environment: [String: String], file: String
    ) {
        #expect(RedactionKey.defaultFile(environment: environment) == file)
    }

    @Test func `what somebody wrote beside the messages is redacted like them`() throws {
        var bench = try RedactionBench()
        bench.present("5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0")
        let put = bench.placeholder("5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0")
        let known = bench.redactor.counts
        #expect(bench.redactor.redact(text: "valve 3 opened") == "valve 3 opened")
        #expect(bench.redactor.counts == known)
        #expect(bench.redactor.redact(text: "key 5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0") == "key \(put)")
        #expect(
            bench.redactor.redact(text: "set password=hunter2, then left")
                == "set password=\(bench.placeholder("hunter2")), then left")
        #expect(bench.redactor.counts.since(known).total == 2)
    }

    @Test func `without a place for the key it holds for this recording only`() {
        #expect(RedactionKey.kept(in: "/proc/nowhere/redaction.key").isEphemeral)
    }
}
