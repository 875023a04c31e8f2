import DeviceProtocol
import Glibc
import Tape
import Testing

@testable import Replay

struct CredentialsTests {
    private func parse(_ text: String) throws -> Credentials {
        try Credentials.parse(Array(text.utf8), path: "keys")
    }

    @Test(arguments: [
        "a,KEY-A\nb,KEY-B\n", "device,access_key\r\na,KEY-A\r\nb,KEY-B", "\u{feff}a , \"KEY-A\"\n\n\"b\",KEY-B",
        "{\"a\":\"KEY-A\",\"b\":\"KEY-B\"}", " \n{\"b\":\"KEY-B\",\n\"a\":\"KEY-A\"}\n",
    ])
    func `CSV and JSON are read`(text: String) throws {
        let credentials = try parse(text)
        #expect(credentials.devices == ["a", "b"])
        #expect(credentials.key(of: "a") == "KEY-A")
        #expect(credentials.key(of: "b") == "KEY-B")
        #expect("\(credentials)" == "2 access keys")
    }

    @Test(arguments: [
        "a", "a,SECRET,c", "a,SECRET\na,SECRET2", ",SECRET", "a,", "a,redacted:0123456789abcdef", "{\"a\":7}",
        "{\"a\":\"SECRET\"", "{\"a\":\"SECRET\",\"a\":\"SECRET\"}", "a,\"SECRET", "{\"a\":{\"key\":\"SECRET\"}}",
        "{\"a\":{}}", "a,SEC\u{1}RET",
    ])
    func `what is neither is refused without showing a key`(text: String) throws {
        let error = #expect(throws: CredentialsError.self) { try parse(text) }
        #expect(error?.description.contains("SECRET") == false)
        #expect(error?.description.contains("keys") == true)
    }

    @Test(arguments: [
        "a,KEY,client,user,\"p,\"\"w\"", "device,access_key,client_id,username,password\na,KEY,client,user,\"p,\"\"w\"",
        "password,device,username,client_id,access_key\n\"p,\"\"w\",a,user,client,KEY",
        #"{"a":{"access_key":"KEY","client_id":"client","username":"user","password":"p,\"w"}}"#,
    ])
    func `a device may log in with other names than its own`(text: String) throws {
        let login = try #require(try parse(text).login(of: "a"))
        #expect(login == Credentials.Login(clientID: "client", username: "user", password: "p,\"w"))
        #expect(try parse(text).key(of: "a") == "KEY")
    }

    @Test func `without more than a key a device logs in by its id`() throws {
        #expect(
            try parse("a,KEY").login(of: "a") == Credentials.Login(clientID: "a", username: "a", password: "KEY"))
        #expect(try parse("a,KEY").login(of: "b") == nil)
        let password = try parse("device,password\na,PW")
        #expect(password.key(of: "a") == nil)
        #expect(password.login(of: "a")?.password == "PW")
    }

    @Test func `a mapped device logs in by its new id, with what is known of either`() throws {
        var script = ReplayScript(path: "", selection: Selection())
        try script.map("a", "x")
        script.credentials = try parse("a,KEY")
        #expect(script.login(of: "x") == Credentials.Login(clientID: "x", username: "x", password: "KEY"))
        script.credentials = try parse("a,KEY\nx,KEY-X")
        #expect(script.login(of: "x")?.password == "KEY-X")
        #expect(script.login(of: "y") == nil)
    }

    @Test func `new ids of devices are known`() throws {
        var transformation = Transformation()
        try transformation.devices.add(argument: "a=x")
        transformation.fanOut.copies = 2
        #expect(try parse("x-2,1\nx,2\na,3").absent(against: ["a"], transformation, path: "keys").isEmpty)
        #expect(throws: CredentialsError.self) {
            try parse("x-3,1").absent(against: ["a"], transformation, path: "keys")
        }
    }

    @Test func `an empty file has no keys`() throws {
        #expect(try parse("").devices.isEmpty)
    }

    @Test func `devices that are not on the tape are named, and nothing else will not do`() throws {
        let credentials = try parse("b,2\na,1\nc,3")
        #expect(try credentials.absent(against: ["a", "b", "c", "d"], path: "keys").isEmpty)
        #expect(try credentials.absent(against: ["a", "d"], path: "keys") == ["b", "c"])
        #expect(throws: CredentialsError.unknownDevices(path: "keys", devices: ["a", "b", "c"])) {
            try credentials.absent(against: ["d"], path: "keys")
        }
    }

    @Test func `a file that others can read is refused`() throws {
        var template = Array("/tmp/tapedeck-keys-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { unlink(path) }
        _ = write(descriptor, "a,KEY\n", 6)
        close(descriptor)
        #expect(try Credentials.read(path: path).key(of: "a") == "KEY")
        for mode: mode_t in [0o640, 0o604, 0o620] {
            chmod(path, mode)
            #expect(throws: CredentialsError.exposed(path: path, mode: mode)) { try Credentials.read(path: path) }
        }
        #expect(throws: CredentialsError.notAFile(path: "/tmp")) { try Credentials.read(path: "/tmp") }
        #expect(throws: CredentialsError.self) { try Credentials.read(path: path + ".none") }
    }
}
