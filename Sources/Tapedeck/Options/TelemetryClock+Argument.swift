public import ArgumentParser
public import Query

/// `--clock device` and `--clock arrival`.
extension TelemetryClock: ExpressibleByArgument {}
