/// Shares the height of a drawing out: first to the panels, then to what explains them, as far as there is room.
struct VerticalPlan {
    /// A panel's place.
    struct Place {
        /// Where its heading and legend begin; nil where there is no room for them.
        let header: Int?
        /// What is drawn on; may be empty.
        let body: Range<Int>
    }

    /// What a panel asks for.
    struct Demand {
        /// The lines of its heading and legend.
        let headerLines: Int
        /// The height that it needs; nil when it takes what is left.
        let body: Int?
    }

    let title: Int?
    /// Where lines of labels of marks begin.
    let marks: [Int]
    let places: [Place]
    let axis: Int?
    let axisLabels: Int?
    let caption: Int?

    init(height: Int, demands: [Demand], hasTitle: Bool, markLines: Int, captionLines: Int, metrics: Metrics) {
        let line = metrics.line
        var left = height
        // The least that leaves something to see of each panel.
        let least = max(1, demands.count) * 2 * line
        func take(_ wanted: Int, _ leaving: Int) -> Bool {
            guard wanted > 0, left - wanted >= leaving else { return false }
            left -= wanted
            return true
        }
        let hasAxis = take(metrics.axis + line, least)
        let hasTitle = hasTitle && take(line + metrics.spacing, least)
        let spacings = metrics.spacing * demands.count
        left -= min(left, spacings)
        var headers = demands.map { _ in false }
        for index in demands.indices { headers[index] = take(demands[index].headerLines * line, least) }
        let hasCaption = take(captionLines * line, least)
        let roomy = least + 2 * line
        var marks = 0
        while marks < markLines, take(line, roomy) { marks += 1 }
        let bodies = Self.share(max(0, left), demands.map(\.body), least: 5 * line)

        var y = 0
        title = hasTitle ? y : nil
        if hasTitle { y += line + metrics.spacing }
        self.marks = (0..<marks).map { y + $0 * line }
        y += marks * line
        let spacing = min(metrics.spacing, height / max(1, demands.count * 4))
        places = demands.indices.map { index in
            let header = headers[index] ? y : nil
            if headers[index] { y += demands[index].headerLines * line }
            let body = y..<y + bodies[index]
            y = body.upperBound + spacing
            return Place(header: header, body: body)
        }
        if !demands.isEmpty { y -= spacing }
        axis = hasAxis ? y : nil
        axisLabels = hasAxis ? y + metrics.axis : nil
        if hasAxis { y += metrics.axis + line }
        caption = hasCaption ? y : nil
    }

    /// Gives the panels that need a certain height theirs, and the rest to the others in equal parts, each of which
    /// gets a fair share first.
    private static func share(_ height: Int, _ demands: [Int?], least: Int) -> [Int] {
        let open = demands.count { $0 == nil }
        let fair = demands.isEmpty ? 0 : height * open / demands.count
        var left = height - min(fair, least * open)
        var granted = [Int](repeating: 0, count: demands.count)
        let fixed = demands.indices.filter { demands[$0] != nil }.sorted { (demands[$0] ?? 0) < (demands[$1] ?? 0) }
        for (place, index) in fixed.enumerated() {
            granted[index] = min(demands[index] ?? 0, left / (fixed.count - place))
            left -= granted[index]
        }
        var rest = height - granted.reduce(0, +)
        var waiting = open
        for index in demands.indices where demands[index] == nil {
            granted[index] = rest / waiting
            rest -= granted[index]
            waiting -= 1
        }
        return granted
    }
}
