import CLinux

/// Keeps the memory of a long recording small.
///
/// A sealed segment leaves some ten megabytes of freed columns behind, in pieces, which the allocator would keep.
enum AllocatorLimits {
    /// Sets the allocator up, once for the process.
    static func set() { _ = isSet }

    /// Gives back to the system what is free now.
    static func trim() { tapedeck_trim_allocator() }

    private static let isSet: Bool = {
        tapedeck_bound_allocator()
        return true
    }()
}
