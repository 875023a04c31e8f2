/// Compares versions as people number them: `1.10` is newer than `1.9`.
enum VersionOrder {
    /// Whether `left` is older than (-1), the same as (0) or newer than (1) `right`; nil where that cannot be told.
    ///
    /// Numbers between dots are compared from the left, missing ones count as 0, and `v` in front does not matter. What
    /// stands behind a hyphen makes a version older than the one without it, and is compared by its parts
    /// (https://semver.org, §11); what stands behind a plus does not matter.
    static func compare(_ left: String, _ right: String) -> Int? {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        guard let left = Version(left), let right = Version(right) else { return nil }
        for index in 0..<max(left.numbers.count, right.numbers.count) {
            let (one, two) = (left.number(index), right.number(index))
            if one != two { return one < two ? -1 : 1 }
        }
        if left.suffix.isEmpty || right.suffix.isEmpty {
            return left.suffix.isEmpty == right.suffix.isEmpty ? 0 : left.suffix.isEmpty ? 1 : -1
        }
        for (one, two) in zip(left.suffix, right.suffix) where one != two {
            switch (UInt64(one), UInt64(two)) {
            case (let one?, let two?): return one < two ? -1 : one > two ? 1 : 0
            case (_?, nil): return -1
            case (nil, _?): return 1
            case (nil, nil): return one.utf8.lexicographicallyPrecedes(two.utf8) ? -1 : 1
            }
        }
        return left.suffix.count == right.suffix.count ? 0 : left.suffix.count < right.suffix.count ? -1 : 1
    }

    private struct Version {
        var numbers: [UInt64] = []
        var suffix: [Substring] = []

        init?(_ text: String) {
            var rest = text.drop { $0 == " " }
            if rest.first == "v" || rest.first == "V" { rest.removeFirst() }
            rest = rest.prefix { $0 != "+" && $0 != " " }
            let parts = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let main = parts.first else { return nil }
            for part in main.split(separator: ".", omittingEmptySubsequences: false) {
                guard let number = UInt64(part), part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else { return nil }
                numbers.append(number)
            }
            if parts.count > 1 { suffix = parts[1].split(separator: ".") }
        }

        func number(_ index: Int) -> UInt64 { index < numbers.count ? numbers[index] : 0 }
    }
}
