import Foundation
import Glibc

/// What systemd hands to a service and to nobody else: files in the folder `CREDENTIALS_DIRECTORY`
/// (systemd.exec(5), LoadCredential=).
enum ServiceCredential {
    /// The first line of a credential; nil where there is none or it is empty.
    static func text(
        _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return nil }
        if access(folder, X_OK) != 0 {
            Notes.warning("the credentials in \(folder) cannot be read by this user; use --password-file instead")
        }
        guard let data = FileManager.default.contents(atPath: folder + "/" + name)
        else { return nil }
        let line = data.prefix { $0 != 10 && $0 != 13 }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
