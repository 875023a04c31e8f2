import JSONScan
import Tape
import Terminal

/// What limits that which a session can be asked, in sentences for a person.
enum SessionRemarks {
    static func of(_ session: Session) -> [String] {
        guard let options = try? JSONValue.parse(Array(session.options.utf8)) else { return [] }
        var remarks: [String] = []
        if session.isSnapshot {
            remarks.append("retained messages that the broker held when recording began, age unknown")
        }
        if let reason = options["broker_statistics"]?.string {
            remarks.append("what the broker dropped at QoS 0 could not be counted: \(reason)")
        }
        if let reason = options["retained_snapshot"]?.string {
            remarks.append("its retained messages are not complete: \(reason)")
        }
        if let size = options["maximum_packet_size"]?.number?.int64 {
            remarks.append("packets of more than \(HumanFormat.bytes(size)) were not to be sent: the broker drops them")
        }
        if options["insecure"]?.bool == true { remarks.append("the broker's certificate was not checked") }
        return remarks
    }
}
