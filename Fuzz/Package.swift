// swift-tools-version: 6.3
import PackageDescription

// Fuzz targets need the parts of the tape that nobody else may use, so this package builds the same sources itself.

/// Compiler settings as in the main package.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Internal declarations are visible to `@testable import`, in an optimised build too.
    .unsafeFlags(["-enable-testing", "-sanitize=fuzzer"]),
]

/// The kinds of message whose payload has a JSON Schema in `schema/payloads`.
let payloadKinds = [
    "telemetry", "config", "config_update", "command", "command_update", "license", "license_update", "space_info",
    "firmware_notice", "device_update", "cloud_setting", "snapshot_request", "incident",
]

let package = Package(
    name: "fuzz",
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .target(name: "CLinux"),
        .target(name: "MQTTWire"),
        .target(name: "MQTTSession", dependencies: ["COpenSSL", "CLinux", "MQTTWire"]),
        .target(name: "JSONScan"),
        .target(
            name: "Schema", path: "schema", exclude: ["README.md"],
            resources: (payloadKinds.map { "payloads/\($0).schema.json" } + [
                "migrations/v1_tape.sql", "migrations/v2_segments.sql",
            ])
            .map { .embedInCode($0) }),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "DeviceProtocol", dependencies: ["JSONScan", "MQTTWire"]),
        .target(
            name: "Tape", dependencies: ["Schema", "SQLite", "JSONScan", "DeviceProtocol", "CZstd", "MQTTWire"]),
        .executableTarget(
            name: "Fuzz", dependencies: ["Tape", "JSONScan", "DeviceProtocol", "MQTTSession", "MQTTWire"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)

for target in package.targets where target.type != .system && target.name != "CLinux" {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
