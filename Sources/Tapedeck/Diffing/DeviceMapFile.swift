import DeviceProtocol
import Diff
import Foundation

/// Pairs of devices as options and files have them.
enum DeviceMapFile {
    /// Reads `A=B`.
    ///
    /// - Throws: ``DeviceMapError``.
    static func add(option text: String, to map: inout DeviceMap) throws {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw DeviceMapError(
                place: "--map-device \(text)", reason: "takes BASE=CANDIDATE, the ids of one device on both tapes")
        }
        try map.add(DeviceID(String(parts[0])), DeviceID(String(parts[1])))
    }

    /// Reads a file with two columns, the base's id and the candidate's; the header `from,to` may be there.
    ///
    /// - Throws: ``DeviceMapError`` which names the line.
    static func add(file path: String, to map: inout DeviceMap) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeviceMapError(place: path, reason: "cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw DeviceMapError(place: path, reason: "is not UTF-8")
        }
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(Self.field)
            if line.allSatisfy(\.isWhitespace) || index == 0 && fields == ["from", "to"] { continue }
            let place = "\(path), line \(index + 1)"
            guard fields.count == 2, !fields[0].isEmpty, !fields[1].isEmpty else {
                throw DeviceMapError(place: place, reason: "two ids expected, with a comma between them")
            }
            do throws(DeviceMapClash) {
                try map.add(DeviceID(fields[0]), DeviceID(fields[1]))
            } catch {
                throw DeviceMapError(place: place, reason: error.description)
            }
        }
    }

    private static func field(_ text: Substring) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard trimmed.count > 1, trimmed.first == "\"", trimmed.last == "\"" else { return trimmed }
        return String(trimmed.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}

/// Why pairs of devices cannot be read.
struct DeviceMapError: Error, CustomStringConvertible {
    var place: String
    var reason: String

    var description: String { "\(place): \(reason)" }
}
