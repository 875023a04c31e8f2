import DeviceProtocol
public import JSONScan

/// A place at which two messages differ.
public struct ContentChange: Sendable, Hashable {
    /// A JSON Pointer (RFC 6901) into the payload, or `topic`, `qos`, `retain`, `dup`, `properties/…`.
    public var path: String
    /// The base's value; nil where it has none there.
    public var base: JSONValue?
    /// The candidate's value; nil where it has none there.
    public var candidate: JSONValue?
}

extension ContentRules {
    /// The places at which two contents differ, in the order of the base; both were ``filtered(_:hidesTolerated:)``.
    func changes(_ base: JSONValue, _ candidate: JSONValue) -> [ContentChange] {
        var comparison = Comparison(comparesSecrets: comparesSecrets)
        var path = ContentPath()
        comparison.compare(base, candidate, all, nil, &path)
        guard comparison.changes.count > 1 else { return comparison.changes }
        // Another spelling is news only where the values are the same.
        return comparison.changes.filter { !$0.path.utf8.elementsEqual(ContentReader.spelling.utf8) }
    }

    private struct Comparison {
        /// ``ContentRules/comparesSecrets``.
        let comparesSecrets: Bool
        var changes: [ContentChange] = []
        /// Enough to tell what happened to a message; a hostile payload could have a hundred thousand.
        private static let limit = 1_000

        mutating func compare(
            _ base: JSONValue, _ candidate: JSONValue, _ rules: [Candidate],
            _ tolerance: (absolute: Double, relative: Double)?, _ path: inout ContentPath
        ) {
            guard changes.count < Self.limit else { return }
            switch (base, candidate) {
            case (.object(let base), .object(let candidate)): compare(base, candidate, rules, &path)
            case (.array(let base), .array(let candidate)): compare(base, candidate, rules, &path)
            case (.number(let left), .number(let right)):
                if ContentHash.of(left) == ContentHash.of(right) { return }
                if let tolerance, Self.isWithin(tolerance, left.double, right.double) { return }
                note(base, candidate, path)
            case (.string(let left), .string(let right)):
                if base == candidate { return }
                guard let half = HalfRedacted(base: left, candidate: right) else { return note(base, candidate, path) }
                if half.isUntellable, !comparesSecrets { return }
                note(.string(half.base), .string(half.candidate), path)
            default:
                if base != candidate { note(base, candidate, path) }
            }
        }

        private static func isWithin(
            _ tolerance: (absolute: Double, relative: Double), _ left: Double, _ right: Double
        ) -> Bool {
            let difference = (left - right).magnitude
            guard difference.isFinite else { return false }
            // A hair more than written: 0.3 - 0.1 is a little more than 0.2.
            let slack = 1 + 1e-9
            return difference <= tolerance.absolute * slack
                || difference <= tolerance.relative * max(left.magnitude, right.magnitude) * slack
        }

        private mutating func compare(
            _ base: [JSONValue], _ candidate: [JSONValue], _ rules: [Candidate], _ path: inout ContentPath
        ) {
            for index in 0..<max(base.count, candidate.count) {
                step(
                    .index(index), index < base.count ? base[index] : nil,
                    index < candidate.count ? candidate[index] : nil, rules, &path)
            }
        }

        private mutating func compare(
            _ base: [JSONMember], _ candidate: [JSONMember], _ rules: [Candidate], _ path: inout ContentPath
        ) {
            var isTaken = [Bool](repeating: false, count: candidate.count)
            var places: [DeviceID: [Int]]?
            var expected = 0
            for member in base {
                // Members mostly stand in the same order; only where they do not, a table is made.
                var place: Int?
                if expected < candidate.count, !isTaken[expected],
                    candidate[expected].key.utf8.elementsEqual(member.key.utf8)
                {
                    place = expected
                } else {
                    let table = places ?? Self.places(candidate)
                    places = table
                    place = table[DeviceID(member.key)]?.first { !isTaken[$0] }
                }
                if let place {
                    isTaken[place] = true
                    expected = place + 1
                }
                step(.key(member.key), member.value, place.map { candidate[$0].value }, rules, &path)
            }
            for (place, member) in candidate.enumerated() where !isTaken[place] {
                step(.key(member.key), nil, member.value, rules, &path)
            }
        }

        /// Where each name stands; ``DeviceID`` is the text that compares by bytes.
        private static func places(_ members: [JSONMember]) -> [DeviceID: [Int]] {
            var places: [DeviceID: [Int]] = [:]
            for (place, member) in members.enumerated() { places[DeviceID(member.key), default: []].append(place) }
            return places
        }

        private mutating func step(
            _ step: ContentPath.Step, _ base: JSONValue?, _ candidate: JSONValue?, _ rules: [Candidate],
            _ path: inout ContentPath
        ) {
            path.append(step)
            let next = ContentRules.advance(rules, step)
            if let base, let candidate {
                compare(base, candidate, next.below, next.tolerance, &path)
            } else {
                note(base, candidate, path)
            }
            path.removeLast()
        }

        private mutating func note(_ base: JSONValue?, _ candidate: JSONValue?, _ path: ContentPath) {
            changes.append(ContentChange(path: path.text, base: base, candidate: candidate))
        }
    }
}
