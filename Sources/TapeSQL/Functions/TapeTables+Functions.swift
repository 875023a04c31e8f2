import DeviceProtocol
import SQLite

extension TapeTables {
    /// What SQLite lacks for questions about measurements.
    static func defineFunctions(on handle: DatabaseHandle) throws(SQLiteError) {
        let budget = NumberBudget()
        try handle.define("percentile", arguments: 2) { Percentile(budget, Percentile.Rule.interpolated(share: 100)) }
        try handle.define("percentile_cont", arguments: 2) {
            Percentile(budget, Percentile.Rule.interpolated(share: 1))
        }
        try handle.define("percentile_disc", arguments: 2) { Percentile(budget, Percentile.Rule.nearest) }
        try handle.define("median", arguments: 1) { Percentile(budget, Percentile.Rule.median) }
        try handle.define("stddev", arguments: 1) { StandardDeviation(isOfSample: true) }
        try handle.define("stddev_samp", arguments: 1) { StandardDeviation(isOfSample: true) }
        try handle.define("stddev_pop", arguments: 1) { StandardDeviation(isOfSample: false) }
        try handle.define("ns", arguments: 1) { arguments, cell in
            if let time = TimeArgument.instant(arguments[0]) { cell.set(time.nanoseconds) }
        }
        try handle.define("rfc3339", arguments: 1) { arguments, cell in
            if let time = TimeArgument.instant(arguments[0]) { cell.set(time) }
        }
        try handle.define("time_bucket", arguments: 2) { arguments, cell in
            try TimeArgument.bucket(arguments[0], arguments[1], into: cell)
        }
    }
}
