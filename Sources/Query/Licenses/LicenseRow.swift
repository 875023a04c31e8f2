public import DeviceProtocol

/// One thing that the cloud wanted done with a licence, and what became of it; the licence itself and its signature are
/// nowhere in it.
public struct LicenseRow: Sendable, Hashable {
    /// What tells which entry a device meant.
    public enum Match: String, Sendable, Hashable, CaseIterable {
        /// The licence's id.
        case id
        /// The correlation data.
        case correlation
        /// Nothing: it was the only entry of the device that was open.
        case inferred
    }

    /// What is odd about an entry; the raw values are what queries show.
    public enum Anomaly: String, Sendable, Hashable, CaseIterable {
        /// The licence has no id.
        case missingID = "missing_id"
        /// More than one of `add`, `update` and `remove`, or they contradict `action`.
        case ambiguousAction = "ambiguous_action"
        /// It is not said what is to be done.
        case missingAction = "missing_action"
        /// The device's word is none that is documented.
        case unknownState = "unknown_state"
        /// The word that the vendor's sample shows and the vendor's list of states lacks.
        case contradictoryState = "contradictory_state"
        /// The device spoke of a licence that the cloud had not sent, as far as the tape tells.
        case updateBeforeLicense = "update_before_license"
        /// An error after it was in use, which the cloud refuses.
        case errorAfterUse = "error_after_use"
        /// It was sent again after the device had acknowledged it.
        case redeliveredAfterAcknowledgement = "redelivered_after_acknowledgement"
        /// The device's word does not fit what was asked for: in use after remove, removed after add.
        case stateContradictsAction = "state_contradicts_action"
    }

    /// The device.
    public var device: DeviceID?
    /// The licence.
    public var id: String?
    /// What was to be done; nil where nobody said, and where only the device spoke of it.
    public var action: LicenseAction?
    /// The device's last word on it.
    public var state: LicenseState.State?
    /// The same as the device wrote it.
    public var rawState: String?
    /// Whether the device said what it did: anything but that it waits.
    public var isAcknowledged: Bool
    /// When the cloud sent it first.
    public var sentAt: Timestamp?
    /// When the device acknowledged it first.
    public var acknowledgedAt: Timestamp?
    /// From the first delivery to the acknowledgement, ns.
    public var lag: Int64?
    /// Since the first delivery, until the end of the window or tape, ns; only where it is the cloud's last word on the
    /// licence and not acknowledged.
    public var unacknowledgedFor: Int64?
    /// When the licence ends, as the cloud said.
    public var expiresAt: Timestamp?
    /// Whether it had ended by the end of the window or tape.
    public var isExpired: Bool?
    /// Messages with which the cloud sent it.
    public var deliveries: Int
    /// What the device said about it, messages.
    public var updates: Int
    /// What told that the device meant this entry.
    public var match: Match?
    /// What the device said to people about what went wrong.
    public var error: String?
    /// What is odd.
    public var anomalies: [Anomaly]
}
