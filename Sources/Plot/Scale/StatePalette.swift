/// Gives every state and every kind of event of a chart its number, in order of appearance: colour, filling and sign
/// follow from it.
struct StatePalette {
    private(set) var states: [String] = []
    private(set) var events: [String] = []
    private var stateNumbers: [String: Int] = [:]
    private var eventNumbers: [String: Int] = [:]

    init(_ panels: [Chart.Panel]) {
        for panel in panels {
            switch panel {
            case .lines: break
            case .lanes(let lanes):
                for lane in lanes.lanes { for interval in lane.intervals { add(state: interval.value) } }
            case .gantt(let gantt):
                for row in gantt.rows.prefix(max(0, gantt.maximumRows)) {
                    for phase in row.phases { add(state: phase.word) }
                    for event in row.events { add(event: event.word) }
                }
            }
        }
    }

    func number(ofState state: String) -> Int { stateNumbers[state] ?? 0 }
    func number(ofEvent event: String) -> Int { eventNumbers[event] ?? 0 }

    private mutating func add(state: String) {
        guard stateNumbers[state] == nil else { return }
        stateNumbers[state] = states.count
        states.append(state)
    }

    private mutating func add(event: String) {
        guard eventNumbers[event] == nil else { return }
        eventNumbers[event] = events.count
        events.append(event)
    }
}
