import DeviceProtocol
import Tape

/// Finds the times in which nothing was heard of a device for much longer than usual.
///
/// A silence is longer than five periods and than 10 s; the period is the median time between two telemetry messages.
/// What the loss ledger covers is no silence of the device: nobody knows.
struct Presence {
    /// A time without a message.
    struct Silence {
        var range: Range<Int64>
        /// Whether it was still lasting at the end of the tape.
        var isLasting: Bool
        /// Whether the loss ledger covers a part of the time without messages.
        var isPartlyUnknown: Bool
    }

    /// Periods that a silence exceeds.
    static let factor = SilenceRule().factor
    /// What a silence exceeds at least, ns.
    static let shortest: Int64 = 10_000_000_000

    /// The period, ns; nil where there are too few messages to tell.
    let period: Int64?
    private let losses: Losses

    /// - Parameters:
    ///   - telemetry: times of arrival of telemetry, ns, in order.
    ///   - losses: the loss ledger.
    init(telemetry: [Int64], _ losses: Losses) {
        self.losses = losses
        let steps = zip(telemetry, telemetry.dropFirst()).map { $1 &- $0 }.filter { $0 > 0 }.sorted()
        period = steps.count >= 3 ? steps[steps.count / 2] : nil
    }

    /// The silences between messages.
    ///
    /// - Parameters:
    ///   - heard: times of arrival of all that the device sent, ns, ascending.
    ///   - end: the end of the tape, where the last of them is the device's last one.
    /// - Returns: the silences.
    func silences(_ heard: [Int64], end: Int64?) -> [Silence] {
        guard let period else { return [] }
        let limit = max(Self.shortest, period.multipliedReportingOverflow(by: Self.factor).partialValue)
        var silences: [Silence] = []
        var pauses = zip(heard, heard.dropFirst()).map { ($0, $1, false) }
        if let last = heard.last, let end, end > last { pauses.append((last, end, true)) }
        for (from, until, isLasting) in pauses where until &- from > limit {
            let pieces = losses.rest(of: from..<until)
            for piece in pieces where piece.upperBound &- piece.lowerBound > limit {
                silences.append(
                    Silence(
                        range: piece, isLasting: isLasting && piece.upperBound == until,
                        isPartlyUnknown: piece != from..<until))
            }
        }
        return silences
    }
}
