import Foundation
import Terminal

/// The settings of `record` as they are shown; no secret is among them.
struct SettingRows {
    /// One setting.
    struct Row {
        var name: String
        var value: String?
        /// `environment`, `file` or `default`.
        var source: String
        /// The variable, or the file and its line.
        var origin: String?
    }

    let rows: [Row]
    private let header: String

    init(_ settings: RecordSettings, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let path = settings.file.path
        header = path.map { "# settings in force, with \($0)" } ?? "# settings in force; there is no configuration file"
        var rows = settings.settings.filter { !$0.option.isSecret }.flatMap { Self.rows($0, path) }
        if environment["TAPEDECK_PASSWORD"].map({ !$0.isEmpty }) ?? false {
            rows.append(Row(name: "password", value: "(not shown)", source: "environment", origin: "TAPEDECK_PASSWORD"))
        }
        for entry in settings.file.entries where ConfigurationFile.Name(rawValue: entry.name) != nil {
            rows.append(
                Row(name: entry.name, value: entry.value, source: "file", origin: "\(path ?? "") line \(entry.line)"))
        }
        self.rows = rows
    }

    private static func rows(_ setting: RecordSettings.Setting, _ path: String?) -> [Row] {
        let name = ConfigurationFile.recordPrefix + setting.option.name
        switch setting.origin {
        case .standard: return [Row(name: name, value: setting.option.standard, source: "default")]
        case .environment(let variable):
            return setting.values.map { Row(name: name, value: shown($0), source: "environment", origin: variable) }
        case .file(let lines):
            return zip(setting.values, lines).map {
                Row(name: name, value: shown($0), source: "file", origin: "\(path ?? "") line \($1)")
            }
        }
    }

    /// A URL with a user name or password in it is refused when it is used; until then it is not repeated either.
    private static func shown(_ value: String) -> String {
        guard let start = value.firstRange(of: "://")?.upperBound, let at = value.lastIndex(of: "@"), start <= at else {
            return value
        }
        return value[..<start] + "…" + value[at...]
    }

    /// A file that sets the same; what is not set stands in comments.
    var lines: [String] {
        [header]
            + rows.filter { $0.name.contains(".") }.map { row in
                let line = row.value.map { "\(row.name) = \($0)" } ?? "\(row.name) ="
                return row.source == "default" ? "# " + line : line
            }
    }

    /// The rows in a format: `name value source origin`.
    func print(_ format: OutputFormat?, to output: OutputBuffer) throws {
        let columns = [
            OutputColumn("name", priority: 0), OutputColumn("value", maximumWidth: 60, priority: 0),
            OutputColumn("source", priority: 1), OutputColumn("origin", priority: 0),
        ]
        var printer = try RowPrinter(
            columns, Screen(format), times: TableTime(from: nil, to: nil, zone: .gmt), output: output)
        for row in rows {
            try printer.write([
                .text(row.name), row.value.map { .text($0) } ?? .absent, .text(row.source),
                row.origin.map { .text($0) } ?? .absent,
            ])
        }
        try printer.flush()
    }
}
