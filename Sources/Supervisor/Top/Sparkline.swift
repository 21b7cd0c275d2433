/// A course of figures in one line of text: "▁▂▃▅▇█▆▃".
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The last `width` figures, the newest at the right; blank where there are none yet.
    /// - Parameter ceiling: what fills the line at least, so that small figures look small.
    static func text(_ values: [Double], width: Int, ceiling: Double) -> String {
        guard width > 0 else { return "" }
        let shown = values.suffix(width).map { $0.isFinite ? $0 : 0 }
        let top = max(ceiling, shown.max() ?? 0, .leastNonzeroMagnitude)
        let line = shown.map { value -> Character in
            let share = min(1, max(0, value / top))
            return bars[min(bars.count - 1, Int(share * Double(bars.count)))]
        }
        return String(repeating: " ", count: width - shown.count) + String(line)
    }
}
