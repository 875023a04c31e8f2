import DeviceProtocol
import Glibc
import JSONScan

/// A quantity that a device measures, and how it moves.
struct Metric: Sendable {
    /// What moves the value; the case carries where it stands.
    enum Source: Sendable {
        /// Follows the time of day, its lowest point at 02:00 UTC, with noise.
        case daily(mean: Double, amplitude: Double, noise: Double, places: Int)
        /// Wanders between two bounds.
        case walk(Double, step: Double, within: ClosedRange<Double>, places: Int)
        /// Wanders with all the digits that a double has.
        case exact(Double, step: Double, within: ClosedRange<Double>)
        /// Only rises, by up to `step` each sample, and begins again after a restart if it is `volatile`.
        case counter(Int64, step: Int64, volatile: Bool)
        /// Stays as it is.
        case constant(Int64)
        /// Flips now and then.
        case flag(Bool, chance: Double)
        /// Changes to another word now and then.
        case word([String], index: Int, chance: Double)
        /// Something that is plugged in, pulled out (which is told once with null), and plugged in again.
        case attached([String], index: Int?, tellsRemoval: Bool)
        /// Seconds since the last restart.
        case uptime(since: Int64)
    }

    /// The name in `telemetries`.
    let key: String
    var source: Source

    init(_ key: String, _ source: Source) {
        self.key = key
        self.source = source
    }

    /// Whether the next sample should have it even if the device sends only what changed.
    var mustBeSent: Bool {
        if case .attached(_, _, true) = source { true } else { false }
    }

    /// What a restart does to it.
    mutating func restart(at time: Timestamp) {
        switch source {
        case .counter(_, let step, true): source = .counter(0, step: step, volatile: true)
        case .uptime: source = .uptime(since: time.nanoseconds)
        case .attached(let words, let index, _): source = .attached(words, index: index, tellsRemoval: false)
        default: break
        }
    }

    /// Moves on by one sample.
    mutating func advance(_ random: inout SeededGenerator) {
        switch source {
        case .walk(let value, let step, let range, let places):
            source = .walk(Self.walked(value, step, range, &random), step: step, within: range, places: places)
        case .exact(let value, let step, let range):
            source = .exact(Self.walked(value, step, range, &random), step: step, within: range)
        case .counter(let value, let step, let volatile):
            source = .counter(value &+ Int64(random.below(Int(step) + 1)), step: step, volatile: volatile)
        case .flag(let value, let chance):
            if random.chance(chance) { source = .flag(!value, chance: chance) }
        case .word(let words, let index, let chance):
            guard random.chance(chance), words.count > 1 else { return }
            let other = (index + 1 + random.below(words.count - 1)) % words.count
            source = .word(words, index: other, chance: chance)
        case .attached(let words, let index, let tellsRemoval):
            guard !tellsRemoval, random.chance(0.03) else { return }
            source =
                index == nil
                ? .attached(words, index: random.below(words.count), tellsRemoval: false)
                : .attached(words, index: nil, tellsRemoval: true)
        case .daily, .constant, .uptime: break
        }
    }

    /// Writes name and value, or nothing when there is none at present.
    mutating func write(
        at time: Timestamp, keepsPoint: Bool, to writer: inout JSONWriter, _ random: inout SeededGenerator
    ) {
        if case .attached(let words, nil, let tellsRemoval) = source {
            guard tellsRemoval else { return }
            writer.key(key)
            writer.null()
            source = .attached(words, index: nil, tellsRemoval: false)
            return
        }
        writer.key(key)
        switch source {
        case .daily(let mean, let amplitude, let noise, let places):
            let value = mean + amplitude * Self.dayWave(time) + noise * (random.unit() - 0.5)
            writer.raw(NumberText.decimal(value, places: places, keepsPoint: keepsPoint))
        case .walk(let value, _, _, let places):
            writer.raw(NumberText.decimal(value, places: places, keepsPoint: keepsPoint))
        case .exact(let value, _, _): writer.double(value)
        case .counter(let value, _, _), .constant(let value): writer.int(value)
        case .flag(let value, _): writer.bool(value)
        case .word(let words, let index, _): writer.string(words[index % max(1, words.count)])
        case .attached(let words, let index, _): writer.string(words[(index ?? 0) % max(1, words.count)])
        case .uptime(let since):
            let seconds = Double((time.nanoseconds &- since) / 10_000_000) / 100
            writer.raw(NumberText.decimal(max(0, seconds), places: 2, keepsPoint: keepsPoint))
        }
    }

    private static func walked(
        _ value: Double, _ step: Double, _ range: ClosedRange<Double>, _ random: inout SeededGenerator
    ) -> Double {
        let moved = value + step * (random.unit() * 2 - 1)
        return min(max(moved, range.lowerBound), range.upperBound)
    }

    /// -1 at 02:00 UTC, 1 at 14:00.
    private static func dayWave(_ time: Timestamp) -> Double {
        let day = 86_400.0
        let second = Double(time.nanoseconds / 1_000_000_000 % 86_400)
        return -cos((second / day - 2 / 24) * 2 * .pi)
    }
}
