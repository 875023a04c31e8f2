import DeviceProtocol
import SQLite

/// Conditions on times that are compared as texts.
enum TimeText {
    /// The instants whose text (``Timestamp/rfc3339``) fulfils a comparison with any text, exactly; nil where none does.
    static func range(_ comparison: TableQuestion.Comparison, _ text: String) -> ClosedRange<Int64>? {
        switch comparison {
        case .equal:
            guard let low = first(from: text), low.text.utf8.elementsEqual(text.utf8) else { return nil }
            return low.instant...low.instant
        case .greaterOrEqual: return first(from: text).map { $0.instant ... .max }
        case .greater:
            guard let low = first(from: text) else { return nil }
            guard low.text.utf8.elementsEqual(text.utf8) else { return low.instant ... .max }
            return low.instant == .max ? nil : low.instant + 1 ... .max
        case .less:
            guard let low = first(from: text) else { return .min ... .max }
            return low.instant == .min ? nil : .min...low.instant - 1
        case .lessOrEqual:
            guard let low = first(from: text) else { return .min ... .max }
            if low.text.utf8.elementsEqual(text.utf8) { return .min...low.instant }
            return low.instant == .min ? nil : .min...low.instant - 1
        case .like, .glob: return .min ... .max
        }
    }

    /// The earliest instant whose text is not before `text`, found by halving: texts of instants have the order of time.
    private static func first(from text: String) -> (instant: Int64, text: String)? {
        var low = Int64.min
        var high = Int64.max
        guard !isBefore(high, text) else { return nil }
        while low < high {
            let middle = low + Int64((UInt64(bitPattern: high &- low)) / 2)
            if isBefore(middle, text) { low = middle + 1 } else { high = middle }
        }
        return (low, Timestamp(nanoseconds: low).rfc3339)
    }

    private static func isBefore(_ instant: Int64, _ text: String) -> Bool {
        Timestamp(nanoseconds: instant).rfc3339.utf8.lexicographicallyPrecedes(text.utf8)
    }
}
