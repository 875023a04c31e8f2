import JSONScan

/// The subscriptions of a session, which the catalogue keeps as a JSON array of `filter`, `qos` and `granted`.
enum GrantedFilters {
    /// The filters and what the broker made of them: `v1/device/# (QoS 1), other/# (refused)`.
    static func describe(_ json: String) -> String {
        guard let elements = (try? JSONValue.parse(Array(json.utf8)))?.elements else { return json }
        return elements.map(describe).joined(separator: ", ")
    }

    private static func describe(_ element: JSONValue) -> String {
        guard let filter = element["filter"]?.string else { return element.string ?? element.description }
        guard let granted = element["granted"]?.number?.int64 else { return filter }
        // From 0x80 on the code is a reason for refusing (MQTT 5.0 §3.9.3).
        return granted < 0x80 ? "\(filter) (QoS \(granted))" : "\(filter) (refused)"
    }
}
