/// How the commands of one name went.
public struct CommandSummaryRow: Sendable, Hashable {
    /// What was to be done; nil for commands that no message names.
    public var name: String?
    /// Commands.
    public var count: Int
    /// Commands that finished well.
    public var done: Int
    /// Commands that finished badly, or were withdrawn.
    public var failed: Int
    /// Commands that have not ended.
    public var open: Int
    /// The median time from the first delivery to the end, ns, between two times interpolated; nil where no command has
    /// such a time.
    public var median: Int64?
    /// The time that 95 % do not exceed, ns, between two times interpolated.
    public var percentile95: Int64?
    /// The longest time, ns.
    public var longest: Int64?
    /// Deliveries beyond the first of each command.
    public var redeliveries: Int

    /// The share of the ended commands that finished well, 0 to 1; nil where none has ended.
    public var successRate: Double? {
        done + failed > 0 ? Double(done) / Double(done + failed) : nil
    }
}

/// Sums up commands by name.
struct CommandTally {
    private struct Sum {
        var count = 0
        var done = 0
        var failed = 0
        var redeliveries = 0
        var durations: [Double] = []
    }

    private var numbers: [ByteText?: Int] = [:]
    private var sums: [Sum] = []

    mutating func add(_ life: borrowing CommandLife) {
        let name = life.name.map(ByteText.init)
        let number = numbers[name] ?? sums.count
        if number == sums.count {
            numbers[name] = number
            sums.append(Sum())
        }
        sums[number].count += 1
        if life.state == .done { sums[number].done += 1 }
        if life.state == .failed { sums[number].failed += 1 }
        sums[number].redeliveries += max(0, Int(life.deliveries) - 1)
        if let duration = life.duration { sums[number].durations.append(Double(duration)) }
    }

    /// A row for each name, the most frequent first.
    var rows: [CommandSummaryRow] {
        numbers.map { name, number in
            let sum = sums[number]
            var selection = QuantileSelection(sum.durations)
            let median = selection.value(.median)
            let percentile95 = selection.value(.percentile95)
            return CommandSummaryRow(
                name: name?.text, count: sum.count, done: sum.done, failed: sum.failed,
                open: sum.count - sum.done - sum.failed, median: Int64(exactly: median.rounded()),
                percentile95: Int64(exactly: percentile95.rounded()),
                longest: sum.durations.max().flatMap { Int64(exactly: $0) }, redeliveries: sum.redeliveries)
        }
        .sorted { first, second in
            if first.count != second.count { return first.count > second.count }
            guard let name = first.name, let other = second.name else { return first.name != nil }
            return ByteText(name) < ByteText(other)
        }
    }
}
