import Glibc

/// The picture of a process's memory that a crash leaves behind, secrets included.
enum CoreDumps {
    /// Makes sure that this process leaves none (setrlimit(2), `RLIMIT_CORE`).
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
