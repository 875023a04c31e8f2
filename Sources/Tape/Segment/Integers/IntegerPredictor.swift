/// How a value of a run is guessed from those before it.
///
/// The raw values are written to tapes.
enum IntegerPredictor: UInt8, CaseIterable {
    case delta, none, deltaOfDelta, meanOfTwo, meanOfFour, quarter, eighth, sixteenth, halfSlope, quarterSlope

    /// Writes to `folded[range]` what remains of the values of one run when the prediction and `bias` are taken off.
    ///
    /// `range` leaves the run's first value out, which is the value before it.
    func fold(_ values: Span<Int64>, _ range: Range<Int>, bias: Int64, into folded: inout MutableSpan<UInt64>) {
        switch self {
        case .none: Self.fold(ZeroModel.self, 0, values, range, bias, &folded)
        case .delta: Self.fold(LastModel.self, 0, values, range, bias, &folded)
        case .deltaOfDelta: Self.fold(LineModel.self, 0, values, range, bias, &folded)
        case .meanOfTwo: Self.fold(TwoModel.self, 0, values, range, bias, &folded)
        case .meanOfFour: Self.fold(FourModel.self, 0, values, range, bias, &folded)
        case .quarter: Self.fold(AverageModel.self, 2, values, range, bias, &folded)
        case .eighth: Self.fold(AverageModel.self, 3, values, range, bias, &folded)
        case .sixteenth: Self.fold(AverageModel.self, 4, values, range, bias, &folded)
        case .halfSlope: Self.fold(SlopeModel.self, 1, values, range, bias, &folded)
        case .quarterSlope: Self.fold(SlopeModel.self, 2, values, range, bias, &folded)
        }
    }

    /// Turns what remains of a run (`values[range]`, not folded any more) into its values; the inverse of `fold`.
    ///
    /// `first` is the value before `range`, divided like the others. A value is multiplied with `scale` and `origin`
    /// is added when it is written.
    func restore(
        _ values: inout MutableSpan<Int64>, _ range: Range<Int>, first: Int64, bias: Int64, scale: Int64, origin: Int64
    ) {
        let form = RestoredForm(first: first, bias: bias, scale: scale, origin: origin)
        switch self {
        case .none: Self.restore(ZeroModel.self, 0, &values, range, form)
        case .delta: Self.restore(LastModel.self, 0, &values, range, form)
        case .deltaOfDelta: Self.restore(LineModel.self, 0, &values, range, form)
        case .meanOfTwo: Self.restore(TwoModel.self, 0, &values, range, form)
        case .meanOfFour: Self.restore(FourModel.self, 0, &values, range, form)
        case .quarter: Self.restore(AverageModel.self, 2, &values, range, form)
        case .eighth: Self.restore(AverageModel.self, 3, &values, range, form)
        case .sixteenth: Self.restore(AverageModel.self, 4, &values, range, form)
        case .halfSlope: Self.restore(SlopeModel.self, 1, &values, range, form)
        case .quarterSlope: Self.restore(SlopeModel.self, 2, &values, range, form)
        }
    }

    private struct RestoredForm {
        var first, bias, scale, origin: Int64
    }

    @inline(__always)
    private static func fold<Model: IntegerModel>(
        _: Model.Type, _ shift: Int64, _ values: Span<Int64>, _ range: Range<Int>, _ bias: Int64,
        _ folded: inout MutableSpan<UInt64>
    ) {
        guard range.lowerBound > 0, !range.isEmpty else { return }
        var model = Model(first: values[range.lowerBound - 1], shift: shift)
        for index in range {
            let value = values[index]
            folded[index] = IntegerSymbol.folded(value &- model.prediction &- bias)
            model.learn(value)
        }
    }

    @inline(__always)
    private static func restore<Model: IntegerModel>(
        _: Model.Type, _ shift: Int64, _ values: inout MutableSpan<Int64>, _ range: Range<Int>, _ form: RestoredForm
    ) {
        var model = Model(first: form.first, shift: shift)
        for index in range {
            let value = values[index] &+ form.bias &+ model.prediction
            model.learn(value)
            values[index] = value &* form.scale &+ form.origin
        }
    }
}
