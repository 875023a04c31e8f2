import JSONScan
import MQTTWire
import Tape
import Testing

@testable import Recorder

@Suite struct PayloadRedactionTests {
    @Test(arguments: [
        "password", "wifi_password", "Passwd", "WiFi-Passphrase", "client.secret", "accessToken", "refresh_tokens",
        "api_key", "X-Api-Key", "ACCESS_KEY", "private_key", "Authorization", "credentials", "psk", "admin pwd", "jwt",
        "ssh_key", "secretAccessKey",
    ])
    func `a member is known by the end of its name`(name: String) throws {
        var bench = try RedactionBench()
        #expect(
            bench.payload("{ \"\(name)\" : \"h\\u00fcnter2\", \"n\":1.0 }")
                == "{ \"\(name)\" : \"\(bench.placeholder("hünter2"))\", \"n\":1.0 }")
    }

    @Test(arguments: [
        #"{"password_age_days":3}"#, #"{"status":"online","telemetries":{"token":5,"tokens":512,"x":null}}"#,
        #"{"has_password":true,"password":null,"secret":""}"#, #"{"location":"x","key":"y","turkey":"z"}"#,
        #"{"a":"http://h/p?x=1&y=2#z"}"#, #"{"a":"me@example.org: hello?"}"#, #"{"a":"b\\c\/d\n"}"#, "plain = text", "",
        "\u{FEFF}{}", "{\"a\":\"redacted: see log\"}",
    ])
    func `what is no secret stays byte for byte`(payload: String) throws {
        var bench = try RedactionBench()
        #expect(bench.payload(payload) == payload)
        #expect(bench.redactor.counts.total == 0)
    }

    @Test func `a byte order mark in front moves no replacement`() throws {
        var bench = try RedactionBench()
        let put = bench.placeholder("hunter2")
        #expect(
            bench.payload("\u{FEFF}{\"password\":\"hunter2\",\"n\":1}\n\0")
                == "\u{FEFF}{\"password\":\"\(put)\",\"n\":1}\n\0")
    }

    @Test(arguments: [
        ("token=512;", "512", false), ("token = -0.5", "-0.5", false), ("token=a512", "a512", true),
        ("password=512 ", "512", true),
    ])
    func `in text that is no JSON a number behind a name is one only where numbers can be secret`(
        text: String, value: String, isSecret: Bool
    ) throws {
        var bench = try RedactionBench()
        let put = isSecret ? bench.placeholder(value) : value
        #expect(bench.payload(text) == text.replacing(value, with: put))
    }

    @Test func `everything inside of a secret is one, and types stay`() throws {
        var bench = try RedactionBench()
        let text = bench.payload(
            #"{"credentials":{"user":"bob","list":["x",true,null,{"y":"z"}]},"password":[12345678,-0.50e3]}"#)
        let (bob, x, z) = (bench.placeholder("bob"), bench.placeholder("x"), bench.placeholder("z"))
        #expect(
            text.hasPrefix(#"{"credentials":{"user":"\#(bob)","list":["\#(x)",true,null,{"y":"\#(z)"}]},"password":["#))
        #expect(text.wholeMatch(of: #/.*"password":\[[1-9]\d{7},-0\.\d\de3\]}/#) != nil, "\(text)")
        #expect(!text.contains("12345678") && !text.contains("0.50"))
        #expect(bench.redactor.counts[.members] == 5)
    }

    @Test func `a number gets digits of its own spelling, always the same and never its own`() throws {
        let bench = try RedactionBench()
        for number in ["0", "7", "-1", "10", "0.0", "1.50", "1E5", "-0.001e-7", String(repeating: "9", count: 80)] {
            let other = bench.redactor.number(for: Array(number.utf8))
            #expect(other == bench.redactor.number(for: Array(number.utf8)))
            #expect(other != Array(number.utf8) && other.count == number.utf8.count)
            #expect(JSONNumber(String(decoding: other, as: UTF8.self)) != nil, "\(number)")
        }
    }

    @Test func `a value is secret when a name beside it says so, before or behind it`() throws {
        var bench = try RedactionBench()
        let put = bench.placeholder("hunter2")
        #expect(
            bench.payload(#"{"property":"admin.password","value":"hunter2"}"#, on: "v1/device/a/cloud_settings/update")
                == #"{"property":"admin.password","value":"\#(put)"}"#)
        #expect(
            bench.payload(#"[{"value":"hunter2","name":"Api_Key"},{"name":"x","value":"y"}]"#)
                == #"[{"value":"\#(put)","name":"Api_Key"},{"name":"x","value":"y"}]"#)
    }

    @Test func `a payload in a text, and one in that, is redacted and still decodes`() throws {
        var bench = try RedactionBench()
        let inner = #"{"password":"a\"b","wifi":{"psk":"c\\d"}}"#
        let expected =
            #"{"password":"\#(bench.placeholder("a\"b"))","wifi":{"psk":"\#(bench.placeholder("c\\d"))"}}"#
        func quoted(_ text: String) -> String {
            var writer = JSONWriter()
            writer.string(text)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(bench.payload(quoted(inner)) == quoted(expected))
        #expect(bench.payload("{\"m\":\(quoted(inner))}") == "{\"m\":\(quoted(expected))}")
        #expect(bench.payload(quoted(quoted(inner))) == quoted(quoted(expected)))
        let deeper = quoted("[\(quoted(inner))]")
        #expect(bench.payload(deeper) == quoted("[\(quoted(expected))]"))
    }

    @Test func `licences keep their keys to themselves, devices their details`() throws {
        var bench = try RedactionBench()
        let (data, signature) = (bench.placeholder("D"), bench.placeholder("S"))
        #expect(
            bench.payload(#"{"id":"1","data":"D","signature":"S","add":true}"#, on: "v1/device/a/license")
                == #"{"id":"1","data":"\#(data)","signature":"\#(signature)","add":true}"#)
        #expect(
            bench.payload(#"[{"data":"D","x":{"data":"D"}}]"#, on: "v1/device/a/license")
                == #"[{"data":"\#(data)","x":{"data":"D"}}]"#)
        #expect(
            bench.payload(#"{"firmware_version":"1.2","details":{"ip":"D","up":7}}"#, on: "v1/device/a/update")
                == #"{"firmware_version":"1.2","details":{"ip":"\#(data)","up":7}}"#)
        let telemetry = #"{"data":"D","signature":"S","details":"x"}"#
        #expect(bench.payload(telemetry, on: "v1/device/a/telemetry") == telemetry)
    }

    @Test func `a signed address keeps scheme, host, path and what is harmless`() throws {
        var bench = try RedactionBench()
        let head = "https://bucket.s3.amazonaws.com/fw/1.2.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
        let (credential, token, signature) = ("AKIAX%2F20261122%2Feu", "FwoG=", "0f0f0f")
        let text =
            head + credential + "&X-Amz-Expires=900&X-Amz-Security-Token=" + token + "&X-Amz-Signature=" + signature
        let expected =
            head + bench.placeholder(credential) + "&X-Amz-Expires=900&X-Amz-Security-Token="
            + bench.placeholder(token) + "&X-Amz-Signature=" + bench.placeholder(signature)
        func command(_ url: String) -> String { #"{"id":"1","parameters":{"url":"\#(url)","version":"1.2"}}"# }
        #expect(bench.payload(command(text), on: "v1/device/a/commands") == command(expected))
        #expect(
            bench.payload(command(text.replacing("/", with: #"\/"#)), on: "v1/device/a/commands")
                == command(expected.replacing("/", with: #"\/"#)))
        #expect(bench.redactor.counts[.addresses] == 6)
        #expect(bench.payload("get \(text) now") == "get \(expected) now")
    }

    @Test(arguments: [
        ("mqtt://user:§@h:1883/x", "hunter2"), ("https://h/p#access_token=§", "t0ken"),
        ("https://h/?sv=2026&sig=§&se=1", "abc%3D"), ("https://h/?key=§", "k"),
        ("https://§@h/repo", "ghp_0123456789abcdef"),
    ])
    func `passwords and tokens in addresses are replaced`(address: String, secret: String) throws {
        var bench = try RedactionBench()
        let put = bench.placeholder(secret)
        #expect(
            bench.payload("{\"u\":\"\(address.replacing("§", with: secret)) and\"}")
                == "{\"u\":\"\(address.replacing("§", with: put)) and\"}")
    }

    @Test(arguments: [
        (#"{"password":"§","x":"#, "hunter2"), (#"{"a":1,"wifi":{"psk" : "§"#, "hunter2"),
        ("password=§&x=1", "hunter2"),
        ("{password: '§', }", "hun ter"), ("Authorization: Bearer §\r\nHost: h", "abc.def"), ("pwd=§", "hunter2"),
        (#"x{\"api_key\":\"§\"}"#, "hunter2"), ("\0\u{1}secret: §\0", "hunter2"),
    ])
    func `what is no JSON is searched behind its names`(text: String, secret: String) throws {
        var bench = try RedactionBench()
        #expect(
            bench.payload(text.replacing("§", with: secret))
                == text.replacing("§", with: bench.placeholder(secret)))
    }

    @Test func `names and pointers of the user are followed`() throws {
        var bench = try RedactionBench(
            names: ["SSID", "id"], pointers: ["/config/list/1/x", "/a~1b/c~0d", "/config/whole"])
        let put = bench.placeholder("v")
        #expect(
            bench.payload(
                #"{"config":{"list":[{"x":"v"},{"x":"v"}],"whole":{"y":["v"],"z":true}},"a/b":{"c~d":"v"},"deep":[{"ssid":"v"}],"Id":"v","idx":"v"}"#
            )
                == #"{"config":{"list":[{"x":"v"},{"x":"\#(put)"}],"whole":{"y":["\#(put)"],"z":true}},"a/b":{"c~d":"\#(put)"},"deep":[{"ssid":"\#(put)"}],"Id":"\#(put)","idx":"v"}"#
        )
        #expect(
            bench.payload(#""{\"config\":{\"list\":[0,{\"x\":\"v\"}]}}""#)
                == #""{\"config\":{\"list\":[0,{\"x\":\"\#(put)\"}]}}""#)
        let message = bench.message("t", "{}", [.userProperty(name: "Ssid", value: "v")])
        #expect(message.properties.userProperty("Ssid") == put)
    }

    @Test func `what is no name or pointer is refused with a sentence`() {
        for pointer in ["", "config", "/a~2", "/a~"] {
            #expect(throws: RedactionRuleError.notAPointer(pointer)) {
                try RedactionRules(names: [], pointers: [pointer])
            }
        }
        #expect(throws: RedactionRuleError.emptyName) { try RedactionRules(names: [""], pointers: []) }
    }
}
