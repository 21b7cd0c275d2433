/// Draws `dockmaster top`: a model and a size become lines, none wider than the terminal, at most as many as it has.
enum TopScreen {
    /// The columns at a width: what does not fit goes, the least needed first.
    private struct Layout {
        var name: Int
        var spark: Int
        var hasPid: Bool
        var hasDescriptors: Bool
        var hasRestarts: Bool
        var hasUptime: Bool
        /// Whether there is room for what is always there.
        var fits: Bool

        init(width: Int, longest: Int, showsProcesses: Bool) {
            // The name, the state, the processor's share and memory are always there: 9 + 6 + 7 and their gaps.
            let least = 9 + 6 + 7 + 3
            var left = width - least
            name = min(max(8, longest), max(8, min(32, left)))
            left -= name
            fits = left >= 0
            func takes(_ columns: Int) -> Bool {
                guard left >= columns + 1 else { return false }
                left -= columns + 1
                return true
            }
            hasUptime = takes(7)
            hasRestarts = takes(4)
            hasDescriptors = takes(5)
            hasPid = showsProcesses && takes(8)
            spark = max(0, min(30, left / 2 - 1))
            if spark < 4 { spark = 0 }
        }
    }

    static func lines(_ model: TopModel, width: Int, height: Int, colours: Bool) -> [String] {
        let width = max(20, width)
        let rows = model.rows
        let longest = rows.map { TextWidth.of($0.title) }.max() ?? 0
        let layout = Layout(width: width, longest: longest, showsProcesses: model.showsProcesses)
        let summary = (model.isReady ? TextStyle.good : .bad)
            .apply(TextWidth.fit(model.summary, width, fills: false), colours)
        var lines = [summary, TextStyle.faint.apply(TextWidth.fit(model.about, width, fills: false), colours)]
        lines.append(TextStyle.faint.apply(TextWidth.fit(head(layout, model.sort), width, fills: false), colours))
        let room = max(1, height - lines.count - 1)
        let position = rows.firstIndex { $0.id == model.selected } ?? 0
        let first = max(0, min(position - room / 2, rows.count - room))
        for row in rows.dropFirst(first).prefix(room) {
            let isSelected = row.id == model.selected && height < .max
            lines.append(line(row, model.courses[row.id] ?? .init(), layout, isSelected, width, colours))
        }
        guard height < .max else { return lines }
        lines += [String](repeating: "", count: max(0, height - 1 - lines.count))
        lines.append(foot(model, width, colours))
        return Array(lines.prefix(max(1, height)))
    }

    private static func head(_ layout: Layout, _ sort: TopModel.Sort) -> String {
        func title(_ text: String, _ key: TopModel.Sort) -> String { key == sort ? "\(text)▾" : text }
        var cells = [TextWidth.fit(title("WATCHER", .name), layout.name), TextWidth.fit("STATE", 9)]
        if layout.hasPid { cells.append(right("PID", 8)) }
        cells.append(right(title("CPU%", .cpu), 6))
        if layout.spark > 0 { cells.append(TextWidth.fit("", layout.spark)) }
        cells.append(right(title("MEM", .memory), 7))
        if layout.spark > 0 { cells.append(TextWidth.fit("", layout.spark)) }
        if layout.hasDescriptors { cells.append(right("FDS", 5)) }
        if layout.hasRestarts { cells.append(right(title("RST", .restarts), 4)) }
        if layout.hasUptime { cells.append(right(title("UP", .uptime), 7)) }
        return cells.joined(separator: " ")
    }

    private static func line(
        _ row: TopModel.Row, _ course: TopModel.Course, _ layout: Layout, _ isSelected: Bool, _ width: Int,
        _ colours: Bool
    ) -> String {
        // Reversed as a whole: colours within would end the reversal.
        let inner = colours && !isSelected
        var cells = [
            TextWidth.fit(row.title, layout.name),
            TextStyle.state(row.state).apply(TextWidth.fit(row.state, 9), inner && layout.fits),
        ]
        if layout.hasPid { cells.append(right(Figures.count(row.pid), 8)) }
        cells.append(right(Figures.percent(row.cpu), 6))
        if layout.spark > 0 { cells.append(Sparkline.text(course.cpu, width: layout.spark, ceiling: 10)) }
        cells.append(right(Figures.bytes(row.memory), 7))
        if layout.spark > 0 {
            cells.append(Sparkline.text(course.memory, width: layout.spark, ceiling: 1_048_576))
        }
        if layout.hasDescriptors { cells.append(right(Figures.count(row.descriptors), 5)) }
        if layout.hasRestarts { cells.append(right(Figures.count(row.restarts), 4)) }
        if layout.hasUptime { cells.append(right(Figures.span(row.uptime), 7)) }
        let text = cells.joined(separator: " ")
        if isSelected { return TextStyle.reversed.apply(TextWidth.fit(text, width), colours) }
        return layout.fits ? text : TextWidth.fit(text, width, fills: false)
    }

    private static func foot(_ model: TopModel, _ width: Int, _ colours: Bool) -> String {
        if let watcher = model.asks {
            return TextStyle.bold.apply(
                TextWidth.fit("restart \(watcher)? y restarts it, any other key does not", width, fills: false), colours
            )
        }
        let keys =
            "q quit  s sort (\(model.sort.rawValue))  w \(model.showsProcesses ? "watchers" : "processes")  r restart"
        let text = model.message.isEmpty ? keys : model.message
        return TextStyle.faint.apply(TextWidth.fit(text, width, fills: false), colours)
    }

    private static func right(_ text: String, _ width: Int) -> String {
        let text = TextWidth.fit(text, width, fills: false)
        return String(repeating: " ", count: max(0, width - TextWidth.of(text))) + text
    }
}
