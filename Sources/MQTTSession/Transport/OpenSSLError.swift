import COpenSSL
import Glibc

/// OpenSSL's queue of errors.
enum OpenSSLError {
    /// The oldest error in words; the queue is empty afterwards.
    static func drain() -> String? {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return nil }
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        // An error of the operating system, a file that is not there for instance.
        let number = Int32(truncatingIfNeeded: code & 0x7fff_ffff)
        return String(cString: strerror(number))
    }
}
