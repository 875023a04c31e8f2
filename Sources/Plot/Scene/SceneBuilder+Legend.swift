extension SceneBuilder {
    /// Adds the words of a legend with their samples.
    mutating func addLegend(_ legend: Legend, lineTop: Int) {
        for item in legend.items {
            let top = lineTop + item.line * frame.metrics.line
            var x = Double(item.x)
            if let sample = item.sample {
                addSample(sample, x: x, top: Double(top))
                x += Double(frame.metrics.sample)
            }
            addText(item.text, x: x, lineTop: top, .start, item.isHeading ? .plain : .muted)
        }
    }

    private mutating func addSample(_ sample: Sample, x: Double, top: Double) {
        let line = Double(frame.metrics.line)
        let width = Double(frame.metrics.sample) - frame.metrics.advance
        let middle = top + line / 2
        func box(_ paint: Scene.Paint) -> Scene.Shape {
            .rectangle(x: x, y: top + line * 0.2, width: width, height: line * 0.6, paint, tooltip: nil)
        }
        switch sample {
        case .series(let number):
            add(.line([x, x + width].map { Scene.Point(x: $0, y: middle) }, .series(number), tooltip: nil))
            let corners = Sign.corners(number, x: x + width / 2, y: middle, radius: 4)
            add(.polygon(corners, .series(number), tooltip: nil))
        case .reach(let number): add(box(.reach(number)))
        case .state(let number): add(box(.state(number)))
        case .several: add(box(.several))
        case .event(let number):
            add(.polygon(Sign.corners(number + 3, x: x + width / 2, y: middle, radius: 4), .event, tooltip: nil))
        case .gap: add(box(.gap))
        }
    }
}
