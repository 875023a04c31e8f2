/// The formats that this repository defines, as bytes inside of the binary.
public enum Schema {
    /// JSON Schemas (draft 2020-12) of the payloads, by message kind: `telemetry`, `config_update` and so on.
    public static let payloads: [String: [UInt8]] = [
        "telemetry": PackageResources.telemetry_schema_json,
        "config": PackageResources.config_schema_json,
        "config_update": PackageResources.config_update_schema_json,
        "command": PackageResources.command_schema_json,
        "command_update": PackageResources.command_update_schema_json,
        "license": PackageResources.license_schema_json,
        "license_update": PackageResources.license_update_schema_json,
        "space_info": PackageResources.space_info_schema_json,
        "firmware_notice": PackageResources.firmware_notice_schema_json,
        "device_update": PackageResources.device_update_schema_json,
        "cloud_setting": PackageResources.cloud_setting_schema_json,
        "snapshot_request": PackageResources.snapshot_request_schema_json,
        "incident": PackageResources.incident_schema_json,
    ]
}
