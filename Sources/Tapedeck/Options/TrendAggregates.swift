import ArgumentParser
import Query

/// What `--agg` adds to the rows of a trend.
struct TrendAggregates {
    /// What has a key of its own, beside quantiles.
    enum Extra: String, CaseIterable {
        case sum
        case stddev
        case increase
    }

    /// In the order of the keys.
    private(set) var extras: [Extra] = []
    /// In the order asked for.
    private(set) var quantiles: [Quantile] = []
    /// Whether it is asked how long values held, and nothing else.
    private(set) var isStates = false

    /// Reads the values of the option.
    ///
    /// - Throws: `ValidationError` for anything unknown.
    init(_ texts: [String]) throws {
        for text in texts.flatMap({ $0.split(separator: ",").map(String.init) }) {
            if text == "states" {
                isStates = true
            } else if let extra = Extra(rawValue: text == "rate" ? "increase" : text) {
                if !extras.contains(extra) { extras.append(extra) }
            } else if let quantile = Quantile(text) {
                // These two are there anyway.
                if ![.median, .percentile95].contains(quantile), !quantiles.contains(quantile) {
                    quantiles.append(quantile)
                }
            } else {
                throw ValidationError("--agg \(text): takes sum, stddev, rate, increase, p0 to p100, or states.")
            }
        }
        guard !isStates || extras.isEmpty && quantiles.isEmpty else {
            throw ValidationError("--agg states stands alone.")
        }
    }
}
