import CSQLiteExtension
import SQLite
import TapeSQL

/// Registers the tables on the connection that loads the extension.
///
/// - Parameters:
///   - database: the host's connection.
///   - message: takes the reason where it fails; the host frees it.
/// - Returns: 0, or SQLite's code of an error.
@c(tapedeck_register)
func register(
    _ database: OpaquePointer?, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
    guard let database else { return 1 }
    let handle = DatabaseHandle(database)
    do {
        try TapeTables.register(on: handle, TapeSource(host: handle), withPrefix: true)
        return 0
    } catch {
        message?.pointee = DatabaseHandle.copyForHost("tapedeck: \(error)")
        return 1
    }
}
