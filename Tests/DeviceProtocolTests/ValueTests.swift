import DeviceProtocol
import JSONScan
import MQTTWire
import Testing

@Suite struct ValueTests {
    @Test(
        arguments: [
            ("done", .done), ("error", .failed), ("failed", .failed), ("in_progress", .inProgress),
            ("in-progress", .inProgress), (" In Progress\n", .inProgress), ("DONE", .done), ("unknown", .unknown),
            ("aborted", .aborted), ("scheduled", .scheduled), ("pending", .pending), ("finished", .other), ("", .other),
        ] as [(String, CommandStatus.State)])
    func `status words are understood and kept`(_ raw: String, _ state: CommandStatus.State) {
        let value = JSONValue.string(raw)
        let decoded = decode("commands/update", #"{"id":1,"status":\#(value)}"#)
        #expect(decoded.commandUpdate?.status?.raw == raw)
        #expect(decoded.commandUpdate?.status?.state == state)
        #expect(decoded.findings == (state == .other ? [.unknownStatus(raw)] : []))
    }

    @Test func `telemetry statuses are checked without regard to case`() {
        #expect(decode("telemetry", #"{"status":"Online"}"#).findings.isEmpty)
        #expect(decode("telemetry", #"{"status":"unavailable"}"#).findings.isEmpty)
        #expect(decode("telemetry", #"{"status":"sleeping"}"#).findings == [.unknownStatus("sleeping")])
        #expect(decode("telemetry", #"{"status":null}"#).findings == [.missingField("status")])
        #expect(decode("telemetry", #"{"status":1}"#).findings.map(\.code) == ["unexpected_type", "missing_field"])
    }

    @Test(
        arguments: [
            ("2147483647", nil), ("-2147483648", nil), ("2147483648", .intBeyondInt32(key: "k")),
            ("9007199254740992", .intBeyondInt32(key: "k")), ("9007199254740993", .intBeyond2To53(key: "k")),
            ("99999999999999999999", .intBeyond2To53(key: "k")), ("1e400", .numberBeyondDouble(key: "k")),
            ("1e39", .numberBeyondFloat(key: "k")), ("3.4e38", nil), ("-0", nil), ("100.0", nil), ("null", nil),
            ("true", nil), (#""5.5""#, nil), ("[]", .nestedTelemetryValue(key: "k")),
            ("{}", .nestedTelemetryValue(key: "k")),
            (String(repeating: "9", count: 400), .numberBeyondDouble(key: "k")),
            (String(repeating: "9", count: 40) + ".0", .numberBeyondFloat(key: "k")),
        ] as [(String, Finding?)])
    func `metrics keep their spelling and what the cloud refuses is noted`(_ json: String, _ finding: Finding?) {
        let decoded = decode("telemetry", #"{"status":"online","telemetries":{"k":\#(json)}}"#)
        #expect(decoded.telemetry?.metrics.first?.value.description == json)
        #expect(decoded.findings == (finding.map { [$0] } ?? []))
    }

    @Test func `text metrics are measured in bytes`() {
        let fits = String(repeating: "é", count: 500)
        #expect(decode("telemetry", #"{"status":"online","telemetries":{"k":"\#(fits)"}}"#).findings.isEmpty)
        #expect(
            decode("telemetry", #"{"status":"online","telemetries":{"k":"\#(fits)x"}}"#).findings
                == [.stringTooLong(key: "k", bytes: 1_001)])
    }

    @Test func `a metric status beside the status is noted`() {
        let decoded = decode("telemetry", #"{"status":"online","telemetries":{"status":"off"}}"#)
        #expect(decoded.findings == [.statusKeyCollision])
        #expect(decoded.telemetry?.status == "online")
    }

    @Test func `telemetry says what it replaces`() {
        #expect(decode("telemetry", #"{"status":"online","override":true}"#).telemetry?.replacesState == true)
        #expect(decode("telemetry", #"{"status":"online","override":false}"#).telemetry?.replacesState == false)
    }

    @Test func `the shape before telemetries is read`() {
        let decoded = decode(
            "telemetry", #"{"common":{"status":"online","firmware_version":"1.0"},"custom":{"level":5}}"#)
        #expect(decoded.telemetry?.status == "online")
        #expect(decoded.telemetry?.metrics.map(\.key) == ["firmware_version", "level"])
        #expect(decoded.telemetry?.isLegacy == true)
        #expect(decoded.findings == [.legacyShape])
        let list = decode("telemetry", #"{"common":{"status":"online"},"custom":[{"Key":"a","Value":"1"},{"Key":2}]}"#)
        #expect(list.telemetry?.metrics == [JSONMember("a", .string("1"))])
    }

    @Test func `samples of several devices are told apart`() {
        let decoded = decode(
            "telemetry",
            #"{"d8083a34-22c8-4cd8-9acb-19126f3b5a71":{"status":"offline"},"#
                + #""d8083a34-22c8-4cd8-9acb-19126f3b5a72":{"status":"online","telemetries":{"a":1}}}"#)
        guard case .telemetryBatch(let batch) = decoded.message else {
            Issue.record("no batch")
            return
        }
        #expect(batch.map(\.0.text.last) == ["1", "2"])
        #expect(batch.map(\.1.status) == ["offline", "online"])
        #expect(decoded.findings.map(\.code) == ["batch_shape", "id_mismatch"])
        #expect(decoded.device == "a")
        #expect(decoded.deviceTime == nil)
    }

    @Test func `configurations are read in both shapes`() {
        let flat = decode("config", #"{"version":10,"last_updated":"2021-08-04T07:45:44.122Z","name":"x","on":true}"#)
        #expect(flat.config?.version?.number == 10)
        #expect(flat.config?.fields.map(\.key) == ["name", "on"])
        #expect(flat.config?.isWrapped == false)
        let wrapped = decode("config/update", #"{"version":"10","name":"x","config":{"a":{"b":[null]}}}"#)
        #expect(wrapped.config?.version?.number == 10)
        #expect(wrapped.config?.name == "x")
        #expect(wrapped.config?.fields.map(\.key) == ["a"])
        #expect(decode("config", #"{"version":"CONFIG_VERSION"}"#).config?.version?.number == nil)
        #expect(wrapped.findings.isEmpty && flat.findings.isEmpty)
    }

    @Test func `a field named config is noted as ambiguous`() {
        let flat = decode("config", #"{"config":{"a":1},"input":"hdmi"}"#)
        #expect(flat.config?.fields.map(\.key) == ["config", "input"])
        #expect(flat.findings == [.ambiguousConfig])
        let either = decode("config", #"{"version":1,"config":{"a":1},"input":"hdmi"}"#)
        #expect(either.config?.fields.map(\.key) == ["a"])
        #expect(either.config?.extra.map(\.key) == ["input"])
        #expect(either.findings == [.ambiguousConfig])
    }

    @Test(
        arguments: [
            ("1700000000", nil), (#""2024-01-01T01:00:00""#, "naive_timestamp"), (#""....""#, "invalid_timestamp"),
            (#""0001-01-01T00:00:00Z""#, "implausible_timestamp"),
            (#""1970-01-01T00:00:07Z""#, "implausible_timestamp"),
            (#""2999-01-01T00:00:00Z""#, "implausible_timestamp"), ("null", nil), ("{}", "invalid_timestamp"),
        ] as [(String, String?)])
    func `a time that is odd is noted and never in the way`(_ json: String, _ code: String?) {
        let decoded = decode("telemetry", #"{"status":"online","timestamp":\#(json),"telemetries":{"a":1}}"#)
        #expect(decoded.telemetry?.metrics.count == 1)
        #expect(decoded.findings.map(\.code) == (code.map { [$0] } ?? []))
        #expect(decoded.deviceTime != nil)
    }

    @Test func `other names of a field are understood and noted`() {
        guard
            case .spaceInfo(let info) = decode("space_info", #"{"location":{"coordinates":{"lat":1,"long":2}}}"#)
                .message
        else {
            Issue.record("no room")
            return
        }
        #expect(info.location?.longitude == 2)
        let license = decode("license", #"{"id":1,"add":true,"expired_at":"2030-01-01T00:00:00Z"}"#)
        #expect(license.licenses?.first?.expiresAt.class == .utc)
        #expect(license.findings == [.fieldAlias(used: "expired_at", documented: "expires_at")])
        let update = decode("commands/update", #"{"id":1,"status":"failed","error":"no disk"}"#)
        #expect(update.commandUpdate?.message == "no disk")
        #expect(update.findings == [.fieldAlias(used: "error", documented: "message")])
        let camelCase = decode("update", #"{"firmwareVersion":{"latest_fw_version":"1","latest_fw_file_id":"f"}}"#)
        #expect(camelCase.findings == [.fieldAlias(used: "firmwareVersion", documented: "firmware_version")])
        guard case .deviceUpdate(let device) = camelCase.message else {
            Issue.record("no update")
            return
        }
        #expect(device.firmwareVersion == "1")
    }

    @Test(
        arguments: [
            (#""add":true,"update":false,"remove":false"#, .add, nil), (#""remove":true"#, .remove, nil),
            (#""action":"Update""#, .update, nil), (#""action":"remove","remove":true"#, .remove, nil),
            (#""remove":true,"add":true"#, .add, .ambiguousLicenseAction(["add", "remove"])),
            (#""action":"remove","add":true"#, .remove, .ambiguousLicenseAction(["add", "remove"])),
            (#""add":false"#, nil, .missingField("action")),
        ] as [(String, LicenseAction?, Finding?)])
    func `a licence's action is found in either form`(_ members: String, _ action: LicenseAction?, _ finding: Finding?)
    {
        let decoded = decode("license", #"{"id":"1",\#(members)}"#)
        #expect(decoded.licenses?.first?.action == action)
        #expect(decoded.findings == (finding.map { [$0] } ?? []))
    }

    @Test(
        arguments: [
            ("inuse", .inUse), ("In Use", .inUse), ("removed", .removed), ("error", .error), ("pending", .pending),
            ("done", .done), ("renew", .other),
        ] as [(String, LicenseState.State)])
    func `licence states are understood`(_ raw: String, _ state: LicenseState.State) {
        guard case .licenseUpdate(let update) = decode("license/update", #"{"id":1,"state":"\#(raw)"}"#).message else {
            Issue.record("no update")
            return
        }
        #expect(update.state == LicenseState(raw))
        #expect(update.state?.state == state)
    }

    @Test(arguments: ["null", #""text""#, #"{"a":{"b":[1]}}"#, "{}"])
    func `parameters may be anything`(_ json: String) {
        let decoded = decode("commands", #"{"id":1,"name":"x","parameters":\#(json)}"#)
        #expect(decoded.commands?.first?.parameters?.description == json)
        #expect(decoded.findings.isEmpty)
    }

    @Test func `a command that is sent back whole is an update`() {
        let decoded = decode(
            "commands/update",
            #"{"id":"1","device_id":"a","status":"done","name":"x","parameters":{"y":1},"message":"m","z":[]}"#)
        #expect(decoded.commandUpdate?.name == "x")
        #expect(decoded.commandUpdate?.parameters?["y"] != nil)
        #expect(decoded.commandUpdate?.extra == [JSONMember("z", .array([]))])
        #expect(decoded.findings.isEmpty)
    }

    @Test func `a setting may be one name and its value`() {
        let decoded = decode("cloud_settings/update", #"{"incidents.suspend_creation":true}"#)
        guard case .cloudSetting(let setting) = decoded.message else {
            Issue.record("no setting")
            return
        }
        #expect(setting.property == "incidents.suspend_creation")
        #expect(setting.value == .bool(true))
        #expect(decoded.findings == [.shorthandSetting("incidents.suspend_creation")])
    }
}
