import DeviceProtocol

@testable import Replay

extension Credentials {
    /// Access keys of devices, and nothing else.
    init(_ keys: [DeviceID: String]) {
        self.init(keys.mapValues { Entry(accessKey: $0) })
    }
}
