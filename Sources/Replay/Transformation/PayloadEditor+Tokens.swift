/// Ids that stand in texts as whole tokens.
extension PayloadEditor {
    /// Replaces the ids that stand in a part of the text as whole tokens.
    mutating func replaceTokens(
        _ text: Span<UInt8>, _ range: Range<Int>, _ place: TokenTable.Place, _ task: Task, place name: StaticString
    ) {
        if let ids = task.ids {
            replaceTokens(text, range, place, task, ids, name)
        } else if !names.table.isEmpty {
            matches.removeAll(keepingCapacity: true)
            names.table.find(in: text, range, place, into: &matches)
            for index in matches.indices { replaceDevice(text, matches[index], task, name) }
        }
    }

    /// The same with ids of the message among those of devices.
    private mutating func replaceTokens(
        _ text: Span<UInt8>, _ range: Range<Int>, _ place: TokenTable.Place, _ task: Task, _ ids: TokenTable,
        _ name: StaticString
    ) {
        var own: [TokenTable.Match] = []
        ids.find(in: text, range, place, into: &own)
        matches.removeAll(keepingCapacity: true)
        names.table.find(in: text, range, place, into: &matches)
        var all = own.map { (match: $0, isOwn: true) } + matches.map { (match: $0, isOwn: false) }
        all.sort { $0.match.range.lowerBound < $1.match.range.lowerBound }
        var end = range.lowerBound
        for (match, isOwn) in all where match.range.lowerBound >= end {
            end = match.range.upperBound
            guard isOwn else {
                replaceDevice(text, match, task, name)
                continue
            }
            let entry = ids.entries[match.entry]
            note(.freshIDs, task, name.description, entry.source, entry.target)
            edits.replace(match.range, with: entry.target)
            values.ids += 1
        }
    }

    private mutating func replaceDevice(
        _ text: Span<UInt8>, _ match: TokenTable.Match, _ task: Task, _ name: StaticString
    ) {
        let target = names.target(match.entry, copy: task.copy)
        let source = names.table.entries[match.entry].source
        // An id that stays is no change.
        guard target != source else { return }
        note(.mapDevice, task, name.description, source, target)
        edits.replace(match.range, with: target)
        values.devices += 1
    }
}
