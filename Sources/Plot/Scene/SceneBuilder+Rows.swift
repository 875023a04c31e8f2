import Terminal

extension SceneBuilder {
    /// Adds a row of blocks for each thing or piece of work.
    mutating func addRows(_ rows: [PanelContent.Row], omitted: DisplayText?, in body: Range<Int>) {
        let height = frame.metrics.row
        for (index, row) in rows.enumerated() {
            let top = body.lowerBound + index * height
            addGutter(row.name, centre: Double(top) + Double(height) / 2)
            for block in StateRow(row.intervals, scale: frame.scale, columns: frame.plot.count).blocks {
                add(block, name: row.name, top: top)
            }
            for event in row.events where frame.scale.window.contains(event.time) {
                let corners = Sign.corners(
                    frame.palette.number(ofEvent: event.word) + 3, x: frame.x(event.time),
                    y: Double(top) + Double(height) / 2, radius: 4)
                let tooltip = "\(row.name.text): \(event.word)\n\(frame.chart.timeLabels.stamp(event.time))"
                add(.polygon(corners, .event, tooltip: tooltip))
            }
        }
        if let omitted {
            let cut = frame.metrics.cut(omitted, to: frame.plot.count)
            addText(
                cut, x: left + frame.metrics.advance, lineTop: body.lowerBound + rows.count * height, .start, .muted)
        }
    }

    private mutating func add(_ block: StateRow.Block, name: DisplayText, top: Int) {
        let x = left + Double(block.columns.lowerBound)
        let width = Double(block.columns.count)
        let y = Double(top) + 2
        let height = max(1, Double(frame.metrics.row) - 4)
        let word = block.state.map { frame.palette.states[$0] } ?? "several changes"
        let times = frame.chart.timeLabels
        let end = block.isOpen ? "open" : times.stamp(block.range.upperBound)
        let tooltip = "\(name.text): \(word)\n\(times.stamp(block.range.lowerBound)) to \(end)"
        let paint = block.state.map { Scene.Paint.state($0) } ?? .several
        add(.rectangle(x: x, y: y, width: width, height: height, paint, tooltip: tooltip))
        if block.isOpen {
            // An arrow says that it goes on.
            let tip = min(width, 6)
            let corners = [
                Scene.Point(x: x + width - tip, y: y), Scene.Point(x: x + width, y: y + height / 2),
                Scene.Point(x: x + width - tip, y: y + height),
            ]
            add(.polygon(corners, .event, tooltip: nil))
        }
        guard block.state != nil else { return }
        let text = frame.metrics.plain(word)
        guard text.width > 0, width >= Double(frame.metrics.width(text)) + 2 * frame.metrics.advance else { return }
        let baseline = y + height / 2 + Double(frame.metrics.line) * 0.25
        add(.text(text, Scene.Point(x: x + frame.metrics.advance, y: baseline), .start, .inside))
    }
}
