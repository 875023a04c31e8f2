/// Where in a window an instant lies.
struct TimeScale {
    /// ns since the Unix epoch, half-open.
    let window: Range<Int64>
    private let span: Double

    init(_ window: Range<Int64>) {
        self.window = window
        // The widest window has more ns than an Int64 can count, the empty one has none.
        span = max(1, Double(UInt64(bitPattern: window.upperBound &- window.lowerBound)))
    }

    /// From 0 (the window's start) to 1 (its end); instants outside lie on its edges.
    func fraction(_ time: Int64) -> Double {
        if time <= window.lowerBound { return 0 }
        if time >= window.upperBound { return 1 }
        return Double(UInt64(bitPattern: time &- window.lowerBound)) / span
    }

    /// Which of so many equal columns an instant of the window lies in.
    func column(_ time: Int64, of columns: Int) -> Int {
        max(0, min(columns - 1, Int(fraction(time) * Double(columns))))
    }
}
