/// A strict reader of Prometheus's text format, version 0.0.4, that shares nothing with the writer.
public struct Exposition {
    /// Why a text is none, with the line.
    public struct Invalid: Error, CustomStringConvertible {
        /// A sentence.
        public let description: String
    }

    private var samples: [String: Double] = [:]

    /// Reads a text and checks names, help and type before samples, one block a family, and histograms.
    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Invalid(description: "the last line does not end") }
        var types: [String: String] = [:]
        var helped = Set<String>()
        var family = ""
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            func invalid(_ reason: String) -> Invalid { Invalid(description: "\(reason): \(line)") }
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, helped.insert(words[2]).inserted else { throw invalid("help") }
                family = words[2]
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, words[2] == family, types[family] == nil,
                    ["counter", "gauge", "histogram"].contains(words[3])
                else { throw invalid("type") }
                types[family] = words[3]
            } else {
                let (name, labels, value) = try Self.sample(line)
                let base =
                    types[family] == "histogram"
                    ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
                guard types[family] != nil, base.contains(name) else { throw invalid("outside its family") }
                if types[family] == "counter", !name.hasSuffix("_total") { throw invalid("a counter's name") }
                guard samples.updateValue(value, forKey: name + labels) == nil else { throw invalid("twice") }
            }
        }
        for (name, type) in types where type == "histogram" { try check(histogram: name) }
    }

    /// The value of a series, written as it stands in the text.
    public subscript(_ series: String) -> Double? { samples[series] }

    private static func sample(_ line: Substring) throws -> (name: String, labels: String, value: Double) {
        let invalid = Invalid(description: "no sample: \(line)")
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
        guard let first = name.first, !first.isNumber else { throw invalid }
        var rest = line.dropFirst(name.count)
        var labels = ""
        if rest.first == "{" {
            var isQuoted = false
            var isEscaped = false
            for character in rest {
                labels.append(character)
                if isEscaped {
                    guard "\\\"n".contains(character) else { throw invalid }
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isQuoted.toggle()
                } else if character == "}", !isQuoted {
                    break
                }
            }
            rest = rest.dropFirst(labels.count)
        }
        guard rest.first == " ", let value = value(rest.dropFirst()) else { throw invalid }
        return (String(name), labels, value)
    }

    private static func value(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.contains(" ") ? nil : Double(text)
        }
    }

    private func check(histogram name: String) throws {
        let prefix = name + "_bucket{le=\""
        let buckets = samples.filter { $0.key.hasPrefix(prefix) }.compactMap { key, count in
            Self.value(key.dropFirst(prefix.count).dropLast(2)).map { (bound: $0, count: count) }
        }.sorted { $0.bound < $1.bound }
        guard let last = buckets.last, last.bound == .infinity, samples[name + "_count"] == last.count,
            samples[name + "_sum"] != nil, zip(buckets, buckets.dropFirst()).allSatisfy({ $0.count <= $1.count })
        else { throw Invalid(description: "\(name) is no histogram") }
    }
}
