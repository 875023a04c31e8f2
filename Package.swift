// swift-tools-version: 6.3
import PackageDescription

/// Compiler settings of every target of this package; each feature is named with the proposal that defines it.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The kinds of message whose payload has a JSON Schema in `schema/payloads`.
let payloadKinds = [
    "telemetry", "config", "config_update", "command", "command_update", "license", "license_update", "space_info",
    "firmware_notice", "device_update", "cloud_setting", "snapshot_request", "incident",
]

let package = Package(
    name: "tapedeck",
    products: [
        .executable(name: "tapedeck", targets: ["Tapedeck"]),
        // The tables of `query sql` as a loadable extension for SQLite; `make extension` builds it.
        .library(name: "TapeExtension", type: .dynamic, targets: ["TapeExtension"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .target(name: "CLinux"),

        .target(name: "MQTTWire"),
        .target(name: "JSONScan"),
        .target(name: "Terminal"),
        .target(name: "Plot", dependencies: ["Terminal"]),
        .target(name: "Threads", dependencies: ["CLinux"]),
        .target(
            name: "Schema", path: "schema", exclude: ["README.md"],
            resources: (payloadKinds.map { "payloads/\($0).schema.json" } + [
                "migrations/v1_tape.sql", "migrations/v2_segments.sql",
            ])
            .map { .embedInCode($0) }),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "DeviceProtocol", dependencies: ["JSONScan", "MQTTWire"]),
        .target(name: "MQTTSession", dependencies: ["COpenSSL", "CLinux", "MQTTWire"]),
        .target(
            name: "Tape", dependencies: ["Schema", "SQLite", "JSONScan", "DeviceProtocol", "CZstd", "MQTTWire"]),
        .target(
            name: "Recorder",
            dependencies: [
                "MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "Threads", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Replay",
            dependencies: [
                "MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "Threads", "CLinux",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(name: "Diff", dependencies: ["Tape", "DeviceProtocol", "MQTTWire", "JSONScan"]),
        .target(name: "Query", dependencies: ["Tape", "DeviceProtocol", "MQTTWire", "JSONScan"]),
        .target(name: "TapeSQL", dependencies: ["Query", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan"]),
        .target(name: "CSQLiteExtension", dependencies: ["CSQLite"]),
        .target(
            name: "TapeExtension", dependencies: ["TapeSQL", "SQLite", "CSQLiteExtension"], exclude: ["exports.map"]),
        .target(name: "Simulator", dependencies: ["MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan"]),
        .target(name: "Service", dependencies: ["Threads", "CLinux"]),
        .executableTarget(
            name: "Tapedeck",
            dependencies: [
                "Service", "Recorder", "Replay", "Diff", "Query", "TapeSQL", "SQLite", "Simulator", "Terminal", "Plot",
                "Tape", "MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan", "Schema", "Threads", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .target(
            name: "TapeTestSupport", dependencies: ["Tape", "DeviceProtocol", "MQTTWire", "TestSupport"],
            path: "Tests/TapeTestSupport"
        ),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "MQTTWireTests", dependencies: ["MQTTWire"]),
        .testTarget(name: "MQTTSessionTests", dependencies: ["MQTTSession", "TestSupport"]),
        .testTarget(name: "JSONScanTests", dependencies: ["JSONScan", "TestSupport"]),
        .testTarget(name: "PlotTests", dependencies: ["Plot", "Terminal"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
        .testTarget(
            name: "DeviceProtocolTests",
            dependencies: ["DeviceProtocol", "JSONScan", "MQTTWire", "Schema", "TestSupport"]),
        .testTarget(
            name: "TapeTests", dependencies: ["Tape", "SQLite", "DeviceProtocol", "MQTTWire", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "ServiceTests", dependencies: ["Service"]),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Recorder", "Tape", "SQLite", "MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan", "Threads",
                "TestSupport",
            ]),
        .testTarget(
            name: "QueryTests",
            dependencies: [
                "Query", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan", "TapeTestSupport", "TestSupport",
            ]),
        .testTarget(
            name: "TapeSQLTests",
            dependencies: [
                "TapeSQL", "Query", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan", "TapeTestSupport",
                "TestSupport",
            ]),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "Replay", "Tape", "MQTTSession", "DeviceProtocol", "MQTTWire", "Threads", "TestSupport",
            ]),
        .testTarget(
            name: "DiffTests",
            dependencies: [
                "Diff", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "TapeTestSupport", "TestSupport",
            ]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: ["Simulator", "MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan"]),
        .testTarget(
            name: "TapedeckTests",
            dependencies: [
                "Tapedeck", "Service", "Recorder", "Replay", "MQTTSession", "Diff", "Query", "Terminal", "Tape",
                "DeviceProtocol", "MQTTWire", "JSONScan", "TapeTestSupport", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Tapedeck", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan", "TestSupport"]),
    ]
)

for target in package.targets where target.type != .system && !["CLinux", "CSQLiteExtension"].contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
