import JSONScan

/// The keywords of JSON Schema (draft 2020-12) that this repository's schemas use.
struct JSONSchemaValidator {
    private let root: JSONValue

    private static let known: Set<String> = [
        "$schema", "$id", "$comment", "$defs", "$ref", "title", "description", "type", "properties", "required",
        "items", "enum", "const", "anyOf", "oneOf", "additionalProperties",
    ]

    init(_ schema: JSONValue) {
        root = schema
    }

    /// What is wrong with a value; empty when it is valid.
    func problems(_ value: JSONValue) -> [String] {
        problems(value, root, at: "")
    }

    private func problems(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        if case .bool(let accepts) = schema { return accepts ? [] : ["\(path) is not allowed"] }
        var problems: [String] = []
        for keyword in schema.members ?? [] {
            switch keyword.key {
            case "$ref": problems += self.problems(value, resolve(keyword.value), at: path)
            case "type": problems += isOfType(value, keyword.value) ? [] : ["\(path) is no \(keyword.value)"]
            case "enum": problems += (keyword.value.elements ?? []).contains(value) ? [] : ["\(path) is not listed"]
            case "const": problems += keyword.value == value ? [] : ["\(path) is not \(keyword.value)"]
            case "anyOf", "oneOf":
                let matches = (keyword.value.elements ?? []).count { self.problems(value, $0, at: path).isEmpty }
                let isValid = keyword.key == "anyOf" ? matches > 0 : matches == 1
                problems += isValid ? [] : ["\(path) matches \(matches) of \(keyword.key)"]
            case "items":
                for (index, element) in (value.elements ?? []).enumerated() {
                    problems += self.problems(element, keyword.value, at: "\(path)/\(index)")
                }
            case "required":
                let missing = (keyword.value.elements ?? []).compactMap(\.string).filter { value[$0] == nil }
                problems += value.members == nil ? [] : missing.map { "\(path)/\($0) is missing" }
            case "properties":
                for member in value.members ?? [] {
                    guard let property = keyword.value[member.key] else { continue }
                    problems += self.problems(member.value, property, at: "\(path)/\(member.key)")
                }
            case "additionalProperties":
                for member in value.members ?? [] where schema["properties"]?[member.key] == nil {
                    problems += self.problems(member.value, keyword.value, at: "\(path)/\(member.key)")
                }
            default: problems += Self.known.contains(keyword.key) ? [] : ["\(path): \(keyword.key) is not supported"]
            }
        }
        return problems
    }

    /// Follows a reference of the form `#/$defs/name`.
    private func resolve(_ reference: JSONValue) -> JSONValue {
        let name = reference.string?.split(separator: "/").last.map(String.init) ?? ""
        return root["$defs"]?[name] ?? .bool(false)
    }

    private func isOfType(_ value: JSONValue, _ type: JSONValue) -> Bool {
        if let types = type.elements { return types.contains { isOfType(value, $0) } }
        return type.string == value.typeName || type.string == "integer" && value.number?.isInteger == true
    }
}
