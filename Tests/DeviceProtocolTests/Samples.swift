import DeviceProtocol
import MQTTWire
import Testing

/// A message with the kind that it must be decoded as.
struct Sample: Sendable, CustomTestStringConvertible {
    static let device = DeviceID("d8083a34-22c8-4cd8-9acb-19126f3b5a71")

    var kind: MessageKind
    var suffix: String
    var payload: String
    var testDescription: String { "\(suffix): \(payload)" }

    init(_ kind: MessageKind, _ suffix: String, _ payload: String) {
        self.kind = kind
        self.suffix = suffix
        self.payload = payload
    }

    var topic: String { "v1/device/\(Self.device)/\(suffix)" }
    var bytes: [UInt8] { Array(payload.utf8) }

    /// The properties that a message in the usual direction has.
    var properties: PublishProperties {
        kind.defaultDirection == .deviceToCloud ? Self.deviceProperties : PublishProperties()
    }

    var decoded: DecodedMessage {
        DecodedMessage.decode(topic: topic, payload: bytes, properties: properties)
    }

    static let deviceProperties = PublishProperties([
        .userProperty(name: "device_id", value: device.text), .userProperty(name: "access_key", value: "0123"),
    ])
}

extension Sample {
    /// The samples of https://dev.xyte.io/reference/mqtt-events, those that are prose put into JSON.
    static let firstGeneration = [
        Sample(
            .telemetry, "telemetry",
            """
            {
                "status": "online",
                "timestamp": "2021-08-04T07:45:44.122Z",
                "telemetries": {
                    "fan_speed": 100.1,
                    "connection": "4g",
                    "usbc": true
                }
            }
            """),
        Sample(.config, "config", #"{"version":10,"last_updated":"2021-08-04T07:45:44.122Z","input":"hdmi"}"#),
        Sample(
            .configUpdate, "config/update",
            #"{"version":"CONFIG_VERSION","last_updated":"2021-08-04T07:45:44.122Z","input":"hdmi"}"#),
        Sample(
            .command, "commands",
            """
            {
                "id": "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxxx",
                "status": "pending",
                "name": "update_firmware",
                "parameters": {
                    "url": "https://s3.amazonaws.com/xxxx.zip",
                    "version": "1.3.4"
                }
            }
            """),
        Sample(
            .commandUpdate, "commands/update",
            #"{"status":"done","message":"great, success!","id":"xxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"}"#),
        Sample(
            .license, "license",
            #"{"data":"info","signature":"RSA","id":"x-1","add":true,"update":false,"remove":false}"#),
        Sample(
            .licenseUpdate, "license/update",
            """
            {
              "id": "license_id",
              "state": "done",
              "error": "great not success!"
            }
            """),
        Sample(
            .spaceInfo, "space_info",
            """
            {
                "location": {
                    "coordinates": {
                        "lat": 51.165691,
                        "lng": 10.451526
                    },
                    "utc_offset": 60,
                    "name": "Germany"
                },
                "temperature_units": "celsius",
                "maintenance": false,
                "name": "Interactive Class",
                "local_time": "2022-03-17T10:55:28+01:00"
            }
            """),
        Sample(
            .firmwareNotice, "firmware",
            #"{"latest_fw_version":"1.0.8","latest_fw_file_id":"f62e0c28-5ce2-4590-a6cf-2f255a338544"}"#),
        Sample(.deviceUpdate, "update", #"{ "firmware_version": "VERSION", "name": "NAME" }"#),
        Sample(
            .cloudSetting, "cloud_settings/update", #"{ "property": "property_name", "value": "property_value" }  "#),
        Sample(.snapshotRequest, "get", "{}"),
    ]

    /// The payloads that the page prints as prose: names without quotes, a list that goes on, a trailing comma.
    static let prose = [
        Sample(
            .config, "config",
            """
            {\u{20}
              version: "CONFIG_VERSION",\u{20}
              last_updated: "2021-08-04T07:45:44.122Z",
              …configuration_fields\u{20}
            }
            """),
        Sample(
            .configUpdate, "config/update",
            #"{ version: "CONFIG_VERSION", last_updated: "2021-08-04T07:45:44.122Z", …configuration_fields }"#),
        Sample(
            .license, "license",
            """
            {
              "data": "device-specific license info...",
              "signature": "RSA signature...",
              "id": "xxxxxxxx-xxxx...",
              "add": true,
              "update": false,
              "remove": false,
            }
            """),
        Sample(.firmwareNotice, "firmware", "{ latest_fw_version: '1.0.8', latest_fw_file_id: 'f62e0c28' }"),
    ]

    /// Payloads of the newer pages: wrapped configuration, lists, `device_id`
    /// (https://dev.xyte.io/reference-link/subscribe-topics, https://dev.xyte.io/reference-link/licenses).
    static let secondGeneration = [
        Sample(
            .config, "config",
            #"{"name":"Lobby","version":11,"last_updated":"2020-01-01T01:01:01.000+00:00","device_id":"\#(device)","#
                + #""config":{"input":"hdmi","servers":["1.1.1.1"],"nested":{"on":null}}}"#),
        Sample(
            .command, "command",
            #"{"id":50,"device_id":"\#(device)","status":"in_progress","name":"reboot","parameters":null}"#),
        Sample(
            .command, "command/children",
            #"[{"id":"a","device_id":"\#(device)","status":"pending","name":"dump","parameters":{}}]"#),
        Sample(
            .license, "license",
            #"[{"id":"a","device_id":"\#(device)","data":"d","signature":"s","add":true,"#
                + #""expires_at":"2199-06-04T12:00:52Z"},{"id":"b","action":"remove","#
                + #""current_time":"2023-06-04T12:00:52Z"}]"#),
        Sample(.license, "license", "[]"),
        Sample(
            .incident, "incidents",
            #"[{"id":"i","device_id":"\#(device)","status":"active","priority":"high","title":"Offline","#
                + #""description":null,"issue":"offline","created_at":"2023-06-04T12:00:52Z","#
                + #""updated_at":"2023-06-04T12:00:52Z"}]"#),
        Sample(
            .telemetry, "telemetry",
            #"{"status":"error","telemetries":{"input":"Unknown","gone":null},"message":"Unknown input","#
                + #""override":true}"#
        ),
        Sample(
            .deviceUpdate, "update",
            #"{"config_version":"10","space_version":"2","sub_model":"X","details":{"ip":"10.0.0.1"},"#
                + #""parent_id":"p","host_address":"10.0.0.1"}"#),
        Sample(.cloudSetting, "cloud_settings/update", #"{"incidents.suspend_creation":true}"#),
        Sample(.licenseUpdate, "license/update", #"{"id":"a","state":"inuse"}"#),
        Sample(.commandUpdate, "commands/update", #"{"id":50,"status":"in_progress"}"#),
        Sample(.snapshotRequest, "get", #"{"device_id":"\#(device)"}"#),
    ]

    static let all = firstGeneration + secondGeneration
}
