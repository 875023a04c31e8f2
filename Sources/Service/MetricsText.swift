/// Numbers in Prometheus's text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
public struct MetricsText: Sendable {
    /// The media type of the format.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text so far.
    public private(set) var text = ""

    /// Nothing yet.
    public init() {}

    /// A number that only grows.
    ///
    /// - Parameters:
    ///   - name: ends in `_total`, as is the custom.
    ///   - help: one line.
    ///   - value: the number.
    public mutating func counter(_ name: String, _ help: String, _ value: Double) {
        family(name, "counter", help)
        sample(name, [], value)
    }

    /// Numbers that only grow, told apart by one label.
    ///
    /// - Parameters:
    ///   - name: ends in `_total`, as is the custom.
    ///   - help: one line.
    ///   - label: the label's name.
    ///   - values: label values and numbers.
    public mutating func counter(_ name: String, _ help: String, by label: String, _ values: [(String, Double)]) {
        family(name, "counter", help)
        for (value, number) in values { sample(name, [(label, value)], number) }
    }

    /// A number that goes up and down.
    ///
    /// - Parameters:
    ///   - name: with its unit at the end.
    ///   - help: one line.
    ///   - labels: names and values.
    ///   - value: the number.
    public mutating func gauge(_ name: String, _ help: String, _ labels: [(String, String)] = [], _ value: Double) {
        family(name, "gauge", help)
        sample(name, labels, value)
    }

    /// Numbers that go up and down, told apart by their labels.
    ///
    /// - Parameters:
    ///   - name: with its unit at the end.
    ///   - help: one line.
    ///   - values: labels, with names and values, and numbers.
    public mutating func gauges(_ name: String, _ help: String, _ values: [(labels: [(String, String)], Double)]) {
        family(name, "gauge", help)
        for (labels, number) in values { sample(name, labels, number) }
    }

    /// How often values of some size came.
    ///
    /// - Parameters:
    ///   - name: with its unit at the end.
    ///   - help: one line.
    ///   - bounds: upper bounds, inclusive, ascending.
    ///   - counts: how many fell between each bound and the one before, and at the end how many above the last.
    ///   - sum: of all values.
    public mutating func histogram(_ name: String, _ help: String, bounds: [Double], counts: [Int64], sum: Double) {
        family(name, "histogram", help)
        var total: Int64 = 0
        for (bound, count) in zip(bounds, counts) {
            total &+= count
            sample(name + "_bucket", [("le", Self.number(bound))], Double(total))
        }
        for count in counts.dropFirst(bounds.count) { total &+= count }
        sample(name + "_bucket", [("le", "+Inf")], Double(total))
        sample(name + "_sum", [], sum)
        sample(name + "_count", [], Double(total))
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        let help = Self.escape(help, quotes: false)
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escape($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " " + Self.number(value) + "\n"
    }

    /// Whole numbers without a fraction; the words for what is no number are Go's.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
