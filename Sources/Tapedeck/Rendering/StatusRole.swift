import Query
import Terminal

/// Colours for conditions and states.
enum StatusRole {
    /// The colour of what a device calls its condition.
    static func of(_ status: String) -> Style.Role {
        switch status {
        case "online": .good
        case "error": .bad
        default: .warning
        }
    }
}

extension CommandRow.State {
    /// The colour of the state of a command.
    var role: Style.Role {
        switch self {
        case .pending: .dim
        case .inProgress: .accent
        case .done: .good
        case .failed: .bad
        }
    }
}
