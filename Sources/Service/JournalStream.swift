import Glibc

/// Whether what is written to a descriptor goes to systemd's journal.
public enum JournalStream {
    /// Compares the descriptor with `JOURNAL_STREAM`, which names the device and inode of the journal's socket
    /// (systemd.exec(5)).
    ///
    /// - Parameters:
    ///   - descriptor: standard error, as a rule.
    ///   - value: the variable's value.
    /// - Returns: true when both are the same; a redirected descriptor is not the journal's any more.
    public static func isConnected(_ descriptor: Int32, value: String?) -> Bool {
        guard let parts = value?.split(separator: ":"), parts.count == 2, let device = UInt64(parts[0]),
            let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}
