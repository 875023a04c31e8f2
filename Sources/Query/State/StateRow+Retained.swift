extension StateRow {
    /// Takes from the state that retained messages make up what is not known otherwise.
    mutating func addRetained(_ other: StateRow) {
        take(\.status, other, "status")
        take(\.configVersion, other, "config_version")
        take(\.latestConfigVersion, other, "latest_config_version")
        take(\.firmware, other, "firmware")
        take(\.latestFirmware, other, "latest_firmware")
        take(\.latestFileID, other, "latest_firmware_file_id")
        take(\.model, other, "model")
        take(\.name, other, "name")
        take(\.space, other, "space")
        take(\.maintenance, other, "maintenance")
        if metrics.isEmpty, !other.metrics.isEmpty {
            metrics = other.metrics
            retained.append("metrics")
        }
        if licenses.isEmpty, !other.licenses.isEmpty {
            licenses = other.licenses
            retained.append("licenses")
        }
    }

    private mutating func take<Value>(_ path: WritableKeyPath<StateRow, Value?>, _ other: StateRow, _ key: String) {
        guard self[keyPath: path] == nil, let value = other[keyPath: path] else { return }
        self[keyPath: path] = value
        retained.append(key)
    }
}
