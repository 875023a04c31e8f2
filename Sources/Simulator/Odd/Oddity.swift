import DeviceProtocol

/// What can be wrong with a message; all of it is known from real clients, gateways and hand-typed tests.
public enum Oddity: String, Sendable, Hashable, CaseIterable {
    // The payload as a whole.
    case emptyPayload, emptyRetained, binary, notUTF8, byteOrderMark, trailingNUL, trailingNewline, doubleEncoded
    case wrappedInArray, topLevelNull, topLevelNumber, topLevelTrue, topLevelText, emptyObject, errorObject
    case truncated, trailingComma, unquotedKeys, twoDocuments, duplicateKeys, deepNesting, unclosedNesting, oversized

    // The topic.
    case unknownSubtopic, extraLevel, emptyLevel, bareTopic, trailingSlash

    // The user properties and the device's three names.
    case missingUserProperties, missingAccessKey, repeatedUserProperty, foreignUserProperty, foreignPayloadID
    case garbageCorrelation

    // Fields of any message.
    case upperCaseStatus, hyphenStatus, unknownStatus, nullStatus, numberStatus, integerID, missingID, malformedID
    case errorForMessage, camelCaseFirmware, onePairSetting

    // Metrics.
    case hugeExponent, negativeZero, bigInteger, beyond2To53, notANumber, numberAsText, nestedValue, statusMetric
    case emptyKey, longText, loneSurrogate, equivalentKeys, boolAsNumber, missingTelemetries, legacyShape, batchShape

    // Times.
    case garbageTime, epochOfZero, yearOne, farFuture, dateOnly, epochSeconds, epochMilliseconds, naiveTime

    /// How often it is chosen, compared with the others.
    var weight: Int {
        switch self {
        case .oversized: 1
        default: 20
        }
    }

    /// The kind of message that it can be applied to; nil for all.
    var kinds: Set<MessageKind>? {
        switch self {
        case .upperCaseStatus, .unknownStatus, .nullStatus, .numberStatus: [.telemetry, .commandUpdate, .licenseUpdate]
        case .hyphenStatus, .errorForMessage: [.commandUpdate]
        case .integerID, .missingID, .malformedID: [.commandUpdate, .licenseUpdate]
        case .camelCaseFirmware: [.deviceUpdate]
        case .onePairSetting: [.cloudSetting]
        case .garbageCorrelation: [.commandUpdate, .licenseUpdate, .configUpdate]
        case .hugeExponent, .negativeZero, .bigInteger, .beyond2To53, .notANumber, .numberAsText, .nestedValue,
            .statusMetric, .emptyKey, .longText, .loneSurrogate, .equivalentKeys, .boolAsNumber, .missingTelemetries,
            .legacyShape, .batchShape, .garbageTime, .epochOfZero, .yearOne, .farFuture, .dateOnly, .epochSeconds,
            .epochMilliseconds, .naiveTime:
            [.telemetry]
        default: nil
        }
    }

    /// Chooses one that suits the kind of message, and applies it.
    static func applyAny(
        to publish: SimulatedPublish, at time: Timestamp, _ random: inout SeededGenerator
    ) -> SimulatedPublish {
        let kind = MessageKind.of(topic: publish.topic)
        let choices = kind == .telemetry ? telemetryChoices : allCases.filter { $0.kinds?.contains(kind) ?? true }
        var rest = random.below(choices.reduce(0) { $0 + $1.weight })
        var chosen = emptyPayload
        for choice in choices {
            chosen = choice
            rest -= choice.weight
            if rest < 0 { break }
        }
        var odd = publish
        odd.oddity = chosen
        chosen.apply(to: &odd, at: time, &random)
        return odd
    }

    private static let telemetryChoices = allCases.filter { $0.kinds?.contains(.telemetry) ?? true }
}
