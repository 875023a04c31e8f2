import ArgumentParser
import Testing

@testable import Tapedeck

@Suite struct CommandNameTests {
    private static func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap(all)
    }

    /// A name that is made up from the type's costs the start of every command a search through all conformances.
    @Test func `every command says its name`() {
        let nameless = Self.all(Tapedeck.self).filter { $0.configuration.commandName == nil }
        #expect(nameless.isEmpty)
    }
}
