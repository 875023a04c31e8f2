import ArgumentParser
import Query
import Tape

/// The marks that people set on a tape.
struct QueryMarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "marks",
        abstract: "The marks that people set with `tapedeck mark`, oldest first.",
        discussion: """
            JSON keys: time text. Marks are of the tape as a whole: a window selects among them, devices and topics do \
            not. query timeline shows them among what happened.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        try selection.refuseKinds("marks", "no messages")
        guard selection.device.isEmpty, selection.topic.isEmpty, selection.exclude.isEmpty, selection.session.isEmpty
        else { throw ValidationError("query marks selects by time; marks have no device, topic or session.") }
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            let (since, until) = (question.selection.since, question.selection.until)
            let marks = try question.tape().marks().filter { mark in
                (since.map { $0 <= mark.at } ?? true) && (until.map { mark.at < $0 } ?? true)
            }
            let times = TableTime(from: marks.first?.at, to: marks.last?.at, zone: question.zone)
            let columns = [
                OutputColumn("time", title: times.title("time"), minimumWidth: 12, priority: 1),
                OutputColumn("text", minimumWidth: 12, priority: 0),
            ]
            let printer = try output.write(marks, columns, times: times) {
                [.time($0.at), .text($0.text)]
            }
            try question.finish(rows: printer.count, "mark", hidden: printer.hiddenTitles)
        }
    }
}
