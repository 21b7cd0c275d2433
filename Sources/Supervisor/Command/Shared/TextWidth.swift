/// How many columns of a terminal a text takes.
/// - Source: Unicode UAX 11; wide ranges as wcwidth(3) has them.
enum TextWidth {
    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
        case 0..<0x300: return 1
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        return isWide(scalar.value) ? 2 : 1
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// The text cut to at most so many columns, with "…" where something is missing; filled up when asked.
    static func fit(_ text: String, _ width: Int, fills: Bool = true) -> String {
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        let whole = of(text)
        for character in text {
            let own = of(character)
            if whole > width && used + own > width - 1 {
                result += "…"
                used += 1
                break
            }
            result.append(character)
            used += own
        }
        return fills ? result + String(repeating: " ", count: max(0, width - used)) : result
    }
}
