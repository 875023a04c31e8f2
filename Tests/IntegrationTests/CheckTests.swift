import Foundation
import JSONScan
import MQTTWire
import Tape
import TestSupport
import Testing

/// `tapedeck check` against a real broker and against one that grants little.
@Suite struct CheckTests {
    private func json(_ text: String) throws -> JSONValue {
        try JSONValue.parse(Array(text.utf8))
    }

    private func codes(_ answer: JSONValue) -> [String] {
        (answer["advice"]?.elements ?? []).compactMap { $0["code"]?.string }
    }

    @Test func `a broker that grants everything is fit for a recording, and nothing is left behind`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace, settings: "sys_interval 1\nlog_type all")
        let run = try Program.run(
            [
                "check", "--broker", broker.url, "--json", "--probe", "v1/device/check/probe", "--listen", "1500ms",
                "--topic-qos", "other/+=0", "-t", "v1/device/#", "-i", "checker",
            ], in: workspace)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let answer = try json(run.output)
        #expect(answer["complete"]?.bool == true)
        #expect(answer["version"]?.string?.contains("mosquitto") == true)
        #expect(answer["session_expiry_s"]?.number?.int64 == 86_400)
        #expect(answer["system_topics"]?["dropped"]?.number?.int64 == 0)
        #expect((answer["system_topics"]?["uptime_s"]?.number?.int64 ?? -1) >= 0)
        #expect((answer["round_trip_us"]?.number?.int64 ?? 0) > 0)
        #expect((answer["probe"]?["arrived_us"]?.number?.int64 ?? 0) > 0)
        #expect(answer["messages"]?.number?.int64 == 0)
        let granted = (answer["subscriptions"]?.elements ?? []).map { $0["granted"]?.number?.int64 }
        #expect(granted == [1, 0])
        #expect(codes(answer).contains("queue_limit") && codes(answer).contains("persistence"))
        // The session is gone with the connection: a client of that name finds none.
        let again = try ChildProcess(
            "mosquitto_sub",
            ["-V", "5", "-h", "127.0.0.1", "-p", "\(broker.port)", "-i", "checker", "-c", "-t", "x", "-E", "-x", "60"],
            in: workspace)
        #expect(try again.wait() == 0)
        #expect(broker.process.errors.contains("Sending CONNACK to checker (0, 0)"))
        #expect(!broker.process.errors.contains("Sending CONNACK to checker (1, 0)"))
    }

    @Test func `what is refused or cut short is named, and the exit code is 3`() throws {
        let workspace = try Workspace()
        let rights = try workspace.write("rights", "topic read v1/#\ntopic deny v1/device/#\n")
        let broker = try PrivateBroker(
            workspace,
            settings: "acl_file \(rights)\nmax_qos 1\npersistent_client_expiration 1h\nretain_available false")
        let run = try Program.run(
            ["check", "--broker", broker.url, "--probe", "v1/device/a/probe", "--listen", "500ms"], in: workspace)
        #expect(run.status == 3, "\(run.output)\(run.errors)")
        #expect(run.output.contains("LOSS: The probe on v1/device/a/probe did not come back"))
        #expect(run.output.contains("$SYS"))
        #expect(run.output.contains("nothing retained"))
        #expect(run.output.contains("A recording would be incomplete."))
    }

    @Test func `a scripted broker's terms are all told`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let child = try Program.start(
            ["check", "--broker", broker.url, "--json", "--listen", "200ms", "-t", "a/#", "-q", "1"], in: workspace)
        // Session expiry 60, keep alive 20, receive maximum 10, maximum packet size 1000, no wildcards.
        let client = try broker.accept(
            properties: [17, 0, 0, 0, 60, 19, 0, 20, 33, 0, 10, 39, 0, 0, 3, 232, 40, 0])
        for _ in 1...5 {
            try client.readPing()
            client.send(0xd0, [])
        }
        try client.answerSubscribe(0x87)
        for _ in 1...2 { try client.answerSubscribe(0x87) }
        #expect(try child.wait() == 3)
        let answer = try json(child.output)
        #expect(answer["session_expiry_s"]?.number?.int64 == 60)
        #expect(answer["keep_alive_s"]?.number?.int64 == 20)
        #expect(answer["receive_maximum"]?.number?.int64 == 10)
        #expect(answer["maximum_packet_size"]?.number?.int64 == 1_000)
        #expect(answer["wildcards_available"]?.bool == false)
        #expect(answer["system_topics"]?["readable"]?.bool == false)
        for code in [
            "subscription_refused", "no_wildcards", "session_expiry_lowered", "keep_alive_set", "dropped_unseen",
        ] {
            #expect(codes(answer).contains(code), "\(code) of \(codes(answer))")
        }
    }

    @Test func `a broker that is not there is an error, and wrong use is wrong use`() throws {
        let workspace = try Workspace()
        let port = try PrivateBroker.freePort()
        let gone = try Program.run(["check", "--broker", "mqtt://127.0.0.1:\(port)"], in: workspace)
        #expect(gone.status == 1)
        #expect(gone.errors.contains("cannot reach the broker"))
        for arguments in [["--probe", "a/#"], ["--listen", "soon"], ["--topic-qos", "a/b"], ["--topic-qos", "a=3"]] {
            let run = try Program.run(["check", "--broker", "mqtt://127.0.0.1:\(port)"] + arguments, in: workspace)
            #expect(run.status == 64, "\(arguments)")
            #expect(run.errors.contains(arguments[0]), "\(run.errors)")
        }
    }

    @Test func `each filter is recorded at a QoS of its own`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("t.tape")
        let recorder = try Program.record(
            tape, from: broker, ["-t", "a/#", "--topic-qos", "b=x/#=0", "--topic-qos", "c/#=2"])
        for topic in ["a/1", "b=x/1", "c/1"] { try broker.publish(topic, ["-q", "2", "-m", "{}"]) }
        try poll("the messages") { try TapeReader(path: tape).summary().messages == 3 }
        #expect(try Program.stop(recorder) == 0)
        let cursor = try TapeReader(path: tape).messages()
        var found: [String: UInt8] = [:]
        while let message = try cursor.next() { found[message.topic] = message.qos.rawValue }
        #expect(found == ["a/1": 1, "b=x/1": 0, "c/1": 2])
    }
}
