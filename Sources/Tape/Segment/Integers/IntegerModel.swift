/// The state of a predictor within one run.
///
/// All arithmetic wraps around at 64 bits, in writers and readers alike, so that a prediction may be bad but is never
/// different; shifts to the right keep the sign.
protocol IntegerModel {
    init(first: Int64, shift: Int64)
    var prediction: Int64 { get }
    mutating func learn(_ value: Int64)
}

/// Nothing is predicted.
struct ZeroModel: IntegerModel {
    @inline(__always) init(first: Int64, shift: Int64) {}
    @inline(__always) var prediction: Int64 { 0 }
    @inline(__always) mutating func learn(_ value: Int64) {}
}

/// The value before.
struct LastModel: IntegerModel {
    private var last: Int64

    @inline(__always) init(first: Int64, shift: Int64) { last = first }
    @inline(__always) var prediction: Int64 { last }
    @inline(__always) mutating func learn(_ value: Int64) { last = value }
}

/// The straight line through the two values before.
struct LineModel: IntegerModel {
    private var last: Int64
    private var step: Int64 = 0

    @inline(__always) init(first: Int64, shift: Int64) { last = first }
    @inline(__always) var prediction: Int64 { last &+ step }
    @inline(__always) mutating func learn(_ value: Int64) {
        step = value &- last
        last = value
    }
}

/// The mean of the two values before, rounded down.
struct TwoModel: IntegerModel {
    private var last, second: Int64

    @inline(__always) init(first: Int64, shift: Int64) { (last, second) = (first, first) }
    @inline(__always) var prediction: Int64 { (last &+ second) &>> 1 }
    @inline(__always) mutating func learn(_ value: Int64) { (last, second) = (value, last) }
}

/// The mean of the four values before, rounded down.
struct FourModel: IntegerModel {
    private var last, second, third, fourth: Int64

    @inline(__always) init(first: Int64, shift: Int64) {
        (last, second, third, fourth) = (first, first, first, first)
    }
    @inline(__always) var prediction: Int64 { (last &+ (second &+ third &+ fourth)) &>> 2 }
    @inline(__always) mutating func learn(_ value: Int64) {
        (last, second, third, fourth) = (value, last, second, third)
    }
}

/// An average in which a new value weighs 1/2^shift, with eight fractional bits.
struct AverageModel: IntegerModel {
    private var average: Int64
    private let shift: Int64

    @inline(__always) init(first: Int64, shift: Int64) {
        average = first &<< 8
        self.shift = shift
    }
    @inline(__always) var prediction: Int64 { (average &+ 128) &>> 8 }
    @inline(__always) mutating func learn(_ value: Int64) {
        average &+= ((value &<< 8) &- average) &>> shift
    }
}

/// The value before and the average of the steps, in which a new step weighs 1/2^shift, with eight fractional bits.
struct SlopeModel: IntegerModel {
    private var last: Int64
    private var slope: Int64 = 0
    private let shift: Int64

    @inline(__always) init(first: Int64, shift: Int64) {
        last = first
        self.shift = shift
    }
    @inline(__always) var prediction: Int64 { last &+ ((slope &+ 128) &>> 8) }
    @inline(__always) mutating func learn(_ value: Int64) {
        slope &+= (((value &- last) &<< 8) &- slope) &>> shift
        last = value
    }
}
