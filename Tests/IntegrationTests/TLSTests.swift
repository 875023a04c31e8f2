import Foundation
import Tape
import Testing

/// Encrypted connections to a mosquitto of the test's own.
@Suite struct TLSTests {
    /// Records one message over a connection with these arguments.
    private func expectRecording(
        _ workspace: Workspace, _ broker: PrivateBroker, _ arguments: [String], environment: [String: String] = [:],
        tape name: String = "t.tape"
    ) throws {
        let tape = workspace.path(name)
        let recorder = try Program.start(["record", tape] + arguments, in: workspace, environment: environment)
        try poll("the recorder to subscribe; it said: \(recorder.errors)") {
            guard recorder.exitStatus == nil else { throw Failure("the recorder ended: \(recorder.errors)") }
            return recorder.errors.contains("recording ")
        }
        let before = try TapeReader(path: tape).summary().messages
        try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "{}"])
        try poll("the message") { try TapeReader(path: tape).summary().messages == before + 1 }
        #expect(try Program.stop(recorder) == 0, "\(recorder.errors)")
    }

    /// Expects that no recording comes about, for these reasons.
    private func expectRefusal(
        _ workspace: Workspace, _ arguments: [String], says texts: [String], oneOf reasons: [String] = [""],
        environment: [String: String] = [:]
    ) throws {
        let tape = workspace.path("refused.tape")
        let run = try Program.run(["record", tape] + arguments, in: workspace, environment: environment)
        #expect(run.status == 1)
        for text in texts { #expect(run.errors.contains(text), "\(run.errors)") }
        #expect(reasons.contains { $0.isEmpty || run.errors.contains($0) }, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: tape))
    }

    @Test func `records from a broker whose certificate is right, by name and by address`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        for host in ["localhost", "127.0.0.1"] {
            try expectRecording(
                workspace, broker, ["--broker", "mqtts://\(host):\(port)", "--cafile", certificates.authority])
        }
    }

    @Test func `an authority that is not known is refused, and the way out is named`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        try certificates.makeAuthority("other")
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        defer { withExtendedLifetime(broker) {} }
        let url = "mqtts://localhost:\(port)"
        for trust in [["--cafile", certificates.path("other.pem")], []] {
            try expectRefusal(
                workspace, ["--broker", url] + trust,
                says: ["cannot reach the broker at \(url)", "not signed by an authority that is trusted", "--cafile"])
        }
        // What is insecure forgives the name and nothing else.
        try expectRefusal(
            workspace, ["--broker", url, "--insecure"], says: ["warning: --insecure", "not signed by an authority"])
        try expectRefusal(
            workspace, ["--broker", url, "--cafile", "/nowhere/ca.pem"],
            says: ["--cafile /nowhere/ca.pem", "No such file"])
    }

    @Test func `a certificate that has expired is refused`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server", validity: .past)
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        defer { withExtendedLifetime(broker) {} }
        try expectRefusal(
            workspace, ["--broker", "mqtts://localhost:\(port)", "--cafile", certificates.authority],
            says: ["has expired"])
    }

    @Test func `a certificate that is not valid yet is refused, and the clock is asked about`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server", validity: .future)
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        defer { withExtendedLifetime(broker) {} }
        try expectRefusal(
            workspace, ["--broker", "mqtts://localhost:\(port)", "--cafile", certificates.authority],
            says: ["is not valid yet; is the clock of this machine right?"])
    }

    @Test func `a certificate for another name is refused, unless that name is asked for or none`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server", names: "DNS:other.example")
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        for host in ["localhost", "127.0.0.1"] {
            try expectRefusal(
                workspace, ["--broker", "mqtts://\(host):\(port)", "--cafile", certificates.authority],
                says: ["not for \(host)", "--server-name"])
        }
        let arguments = ["--broker", "mqtts://localhost:\(port)", "--cafile", certificates.authority]
        try expectRecording(workspace, broker, arguments + ["--server-name", "other.example"])
        try expectRecording(workspace, broker, arguments + ["--insecure"], tape: "insecure.tape")
        let sessions = try TapeReader(path: workspace.path("insecure.tape")).sessions()
        #expect(sessions.first?.options.contains("\"insecure\":true") == true)
    }

    @Test func `a client certificate is shown where the broker wants one`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        try certificates.make("client")
        try certificates.makeAuthority("other")
        try certificates.make("stranger", by: "other")
        let (broker, port) = try PrivateBroker.secure(workspace, certificates, more: "require_certificate true")
        let arguments = ["--broker", "mqtts://localhost:\(port)", "--cafile", certificates.authority]
        func identity(_ name: String) -> [String] {
            ["--cert", certificates.path("\(name).pem"), "--key", certificates.path("\(name).key")]
        }
        try expectRecording(workspace, broker, arguments + identity("client"))
        try expectRefusal(workspace, arguments, says: ["cannot reach the broker", "--cert and --key"])
        try expectRefusal(
            workspace, arguments + identity("stranger"), says: ["cannot reach the broker"],
            // The broker's word gets through or not, as the system sees fit: with TLS 1.3 it comes after the handshake.
            oneOf: ["TLS: ", "or not accept ours"])
        try expectRefusal(
            workspace,
            arguments + ["--cert", certificates.path("client.pem"), "--key", certificates.path("stranger.key")],
            says: ["--key", "key values mismatch"])
    }

    @Test func `a shared key is used instead of certificates, from a file or the environment`() throws {
        let workspace = try Workspace()
        let port = try PrivateBroker.freePort()
        let keys = try workspace.write("keys", "recorder:00112233445566778899aabbccddeeff\n")
        let broker = try PrivateBroker(
            workspace, settings: "listener \(port) 127.0.0.1\npsk_hint fleet\npsk_file \(keys)")
        let arguments = ["--broker", "mqtts://localhost:\(port)", "--psk-identity", "recorder"]
        let file = try workspace.write("psk", "00112233445566778899AABBCCDDEEFF\n")
        try expectRecording(workspace, broker, arguments + ["--psk-file", file])
        try expectRecording(
            workspace, broker, arguments, environment: ["TAPEDECK_PSK": "00112233445566778899aabbccddeeff"])
        let wrong = ["TAPEDECK_PSK": "ffeeddccbbaa99887766554433221100"]
        let advice = "; the shared key or its identity is not the one that the broker knows"
        try expectRefusal(workspace, arguments, says: ["cannot reach the broker", "TLS: ", advice], environment: wrong)
        try expectRefusal(
            workspace, arguments.dropLast() + ["somebody", "--psk-file", file],
            says: ["cannot reach the broker", "TLS: ", advice])
        let bad = try Program.run(
            ["record", workspace.path("t.tape")] + arguments, in: workspace, environment: ["TAPEDECK_PSK": "s3cret"])
        #expect(bad.status == 64)
        #expect(bad.errors.contains("hexadecimal") && !bad.errors.contains("s3cret"))
    }

    @Test func `the server's name and the protocols are told`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        let script = try workspace.write(
            "server.py",
            """
            import socket, ssl, sys
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            context.set_alpn_protocols(["mqtt"])
            context.sni_callback = lambda connection, name, context: print("name", name, flush=True)
            listener = socket.create_server(("127.0.0.1", 0))
            print("port", listener.getsockname()[1], flush=True)
            client = context.wrap_socket(listener.accept()[0], server_side=True)
            print("protocol", client.selected_alpn_protocol(), flush=True)
            client.recv(1)
            """)
        let server = try ChildProcess(
            "python3", [script, certificates.path("server.pem"), certificates.path("server.key")], in: workspace)
        let port = try poll("the server: \(server.errors)") {
            server.output.split(separator: "\n").first.flatMap { UInt16($0.dropFirst("port ".count)) }
        }
        let recorder = try Program.start(
            [
                "record", workspace.path("t.tape"), "--broker", "mqtts://localhost:\(port)", "--cafile",
                certificates.authority, "--alpn", "x-other", "--alpn", "mqtt",
            ], in: workspace)
        try poll("the handshake: \(server.output)\(server.errors)\(recorder.errors)") {
            server.output.contains("name localhost\n") && server.output.contains("protocol mqtt\n")
        }
        recorder.signal(SIGTERM)
        try recorder.wait()
        try server.wait()
    }

    @Test func `TLS on a port without it, and none on a port with it, end with a reason`() throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        let (broker, port) = try PrivateBroker.secure(workspace, certificates)
        try expectRefusal(
            workspace, ["--broker", "mqtt://localhost:\(port)"], says: ["does this port want TLS (mqtts://)?"])
        try expectRefusal(
            workspace, ["--broker", "mqtts://localhost:\(broker.port)"], says: ["does it speak TLS on this port?"])
    }

    @Test func `a Unix socket works like any other address`() throws {
        let workspace = try Workspace()
        let socket = workspace.path("mqtt.sock")
        let broker = try PrivateBroker(workspace, settings: "listener 0 \(socket)")
        try expectRecording(workspace, broker, ["--broker", "unix:\(socket)"])
    }

    @Test(arguments: [
        (["--cafile", "ca.pem"], "mqtts://"), (["--cert", "c.pem"], "--cert and --key"),
        (["--psk-file", "k"], "--psk-identity"), (["--psk-identity", "me"], "TAPEDECK_PSK"),
    ])
    func `options that do not fit together are named`(arguments: [String], text: String) throws {
        let workspace = try Workspace()
        let scheme = arguments.contains("--cafile") ? "mqtt" : "mqtts"
        let run = try Program.run(
            ["record", workspace.path("t.tape"), "--broker", "\(scheme)://localhost:1"] + arguments, in: workspace)
        #expect(run.status == 64)
        #expect(run.errors.contains(text), "\(run.errors)")
    }

    @Test func `a terminal is asked for the password, which is not shown`() throws {
        let workspace = try Workspace()
        let passwords = workspace.path("passwords")
        let tool = try ChildProcess("mosquitto_passwd", ["-b", "-c", passwords, "me", "s3cret word"], in: workspace)
        #expect(try tool.wait() == 0)
        let broker = try PrivateBroker(workspace, settings: "allow_anonymous false\npassword_file \(passwords)")
        let script = try workspace.write(
            "terminal.py",
            """
            import os, pty, signal, sys
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            said = b""
            answered = stopped = False
            while True:
                try:
                    part = os.read(terminal, 4096)
                except OSError:
                    break
                if not part:
                    break
                said += part
                if not answered and b"Password of me at " in said:
                    answered = True
                    os.write(terminal, b"s3cret word\\n")
                if not stopped and b"recording mqtt" in said:
                    stopped = True
                    os.kill(pid, signal.SIGTERM)
            print(said.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """)
        let child = try ChildProcess(
            "python3",
            [script, Program.path, "record", workspace.path("t.tape"), "--broker", broker.url, "-u", "me"],
            in: workspace)
        #expect(try child.wait() == 0, "\(child.output) \(child.errors)")
        #expect(child.output.contains("Password of me at \(broker.url): "))
        #expect(!child.output.contains("s3cret"))
    }
}
