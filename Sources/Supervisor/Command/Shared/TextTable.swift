/// Rows of cells as aligned columns for people. Without colours it is plain text; nothing is cut.
struct TextTable {
    struct Cell: Equatable, ExpressibleByStringLiteral {
        var text: String
        var style = TextStyle.plain
        var isRight = false

        init(_ text: String, _ style: TextStyle = .plain) {
            self.text = text
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }

        /// A figure, aligned to the right.
        static func figure(_ text: String) -> Cell {
            var cell = Cell(text)
            cell.isRight = true
            return cell
        }
    }

    var head: [String]
    var rows: [[Cell]] = []

    init(_ head: [String]) { self.head = head }

    func text(colours: Bool) -> String {
        // A column of figures has its title at the right as well.
        let rights = head.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { column >= $0.count || $0[column].isRight || $0[column].text.isEmpty }
        }
        let titles = head.enumerated().map { column, title in
            var cell = Cell(title, .faint)
            cell.isRight = rights[column]
            return cell
        }
        let all = [titles] + rows
        let widths = head.indices.map { column in
            all.map { column < $0.count ? TextWidth.of($0[column].text) : 0 }.max() ?? 0
        }
        return all.map { line($0, widths, colours) + "\n" }.joined()
    }

    private func line(_ row: [Cell], _ widths: [Int], _ colours: Bool) -> String {
        var line = ""
        var gap = 0
        for (column, cell) in row.enumerated() {
            let space = widths[column] - TextWidth.of(cell.text)
            if cell.isRight { gap += space }
            if !cell.text.isEmpty {
                line += String(repeating: " ", count: gap) + cell.style.apply(cell.text, colours)
                gap = 0
            } else {
                gap += TextWidth.of(cell.text)
            }
            if !cell.isRight { gap += space }
            gap += 2
        }
        return line
    }
}
