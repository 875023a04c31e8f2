import Terminal

extension TerminalDrawing {
    /// Draws a line of blocks for each row.
    mutating func drawRows(_ rows: [PanelContent.Row], omitted: DisplayText?, in body: Range<Int>) {
        drawValueAxis(body.lowerBound..<min(body.upperBound, body.lowerBound + rows.count))
        for (index, row) in rows.enumerated() {
            let y = body.lowerBound + index
            guard y < body.upperBound else { return }
            drawGutter(row.name, y: y)
            for block in StateRow(row.intervals, scale: frame.scale, columns: frame.plot.count).blocks {
                draw(block, y: y)
            }
            for event in row.events where frame.scale.window.contains(event.time) {
                let x = frame.plot.lowerBound + frame.scale.column(event.time, of: frame.plot.count)
                grid.put(glyphs.event(frame.palette.number(ofEvent: event.word)), x, y, .strong)
            }
        }
        let y = body.lowerBound + rows.count
        if let omitted, y < body.upperBound {
            grid.write(frame.metrics.cut(omitted, to: frame.plot.count), frame.plot.lowerBound, y)
        }
    }

    /// Fills a block and writes its state into it where that fits.
    private mutating func draw(_ block: StateRow.Block, y: Int) {
        let left = frame.plot.lowerBound + block.columns.lowerBound
        let width = block.columns.count
        guard let state = block.state else {
            for x in left..<left + width { grid.put(glyphs.several, x, y, .strong) }
            return
        }
        for x in left..<left + width { grid.put(glyphs.state(state), x, y, .colour(state)) }
        if block.isOpen { grid.put(glyphs.open, left + width - 1, y, .colour(state)) }
        let word = frame.metrics.plain(frame.palette.states[state])
        guard word.width > 0, width >= word.width + 4 else { return }
        grid.put(" ", left + 1, y, .plain)
        grid.write(word, left + 2, y)
        grid.put(" ", left + 2 + word.width, y, .plain)
    }
}
