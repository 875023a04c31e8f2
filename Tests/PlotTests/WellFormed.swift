/// Reads XML as far as our drawings use it: elements, attributes in double quotes, text and character references.
struct WellFormed {
    enum Failure: Error { case malformed(String) }

    /// The names of the elements in order, and all text and attribute values with their references resolved.
    struct Content {
        var elements: [String] = []
        var texts: [String] = []
    }

    static func parse(_ xml: String) throws -> Content {
        var content = Content()
        var open: [Substring] = []
        var rest = xml[...]
        while let character = rest.first {
            if character == "<" {
                guard let end = rest.firstIndex(of: ">") else { throw Failure.malformed("open tag") }
                var tag = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                if tag.first == "/" {
                    guard open.popLast() == tag.dropFirst() else { throw Failure.malformed("end tag \(tag)") }
                    continue
                }
                let isEmpty = tag.last == "/"
                if isEmpty { tag.removeLast() }
                let name = tag.prefix { $0 != " " }
                content.elements.append(String(name))
                content.texts += try attributes(tag.dropFirst(name.count))
                if !isEmpty { open.append(name) }
                if open.isEmpty, !rest.allSatisfy(\.isWhitespace) { throw Failure.malformed("after the end") }
            } else {
                let text = rest.prefix { $0 != "<" }
                if open.isEmpty, !text.allSatisfy(\.isWhitespace) { throw Failure.malformed("text outside") }
                if open.last != "style" { content.texts.append(try resolved(text)) }
                rest = rest[text.endIndex...]
            }
        }
        guard open.isEmpty else { throw Failure.malformed("never closed: \(open)") }
        for scalar in xml.unicodeScalars {
            switch scalar.value {
            case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: break
            default: throw Failure.malformed("U+\(String(scalar.value, radix: 16))")
            }
        }
        return content
    }

    private static func attributes(_ text: Substring) throws -> [String] {
        var values: [String] = []
        var names: Set<Substring> = []
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(name.count + 1)
            guard rest.first == "\"", names.insert(name).inserted else { throw Failure.malformed("attribute \(name)") }
            let value = rest.dropFirst().prefix { $0 != "\"" }
            rest = rest.dropFirst(value.count + 1)
            guard rest.first == "\"" else { throw Failure.malformed("value of \(name)") }
            values.append(try resolved(value))
            rest = rest.dropFirst().drop(while: \.isWhitespace)
        }
        return values
    }

    private static func resolved(_ text: Substring) throws -> String {
        var result = ""
        var rest = text
        while let character = rest.first {
            guard character == "&" else {
                result.append(character)
                rest.removeFirst()
                continue
            }
            let name = rest.dropFirst().prefix { $0 != ";" }
            let known = [
                "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "#9": "\t", "#10": "\n", "#13": "\r",
            ]
            guard let value = known[String(name)] else { throw Failure.malformed("reference \(name)") }
            result += value
            rest = rest.dropFirst(name.count + 2)
        }
        return result
    }
}
