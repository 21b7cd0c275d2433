/// Which repositories or tags a rule is for: `*` stands for any characters but a slash, `**` for any at all, and the rest for
/// itself.
struct NamePattern: Sendable, Equatable {
    private enum Part: Equatable {
        case byte(UInt8)
        case within
        case anything
    }

    let text: String
    private let parts: [Part]

    init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        for byte in text.utf8 {
            if byte != UInt8(ascii: "*") {
                parts.append(.byte(byte))
            } else if parts.last == .within {
                parts[parts.count - 1] = .anything
            } else if parts.last != .anything {
                parts.append(.within)
            }
        }
        self.parts = parts
    }

    /// - Cost: the product of both lengths, whatever the pattern.
    func matches(_ name: some CustomStringConvertible) -> Bool {
        // Which prefixes of the pattern the name has matched so far.
        var open = [Bool](repeating: false, count: parts.count + 1)
        open[0] = true
        func skipStars(_ open: inout [Bool]) {
            for (index, part) in parts.enumerated() where open[index] && (part == .within || part == .anything) {
                open[index + 1] = true
            }
        }
        skipStars(&open)
        for byte in name.description.utf8 {
            var next = [Bool](repeating: false, count: parts.count + 1)
            for (index, part) in parts.enumerated() where open[index] {
                switch part {
                case .byte(let wanted): if byte == wanted { next[index + 1] = true }
                case .within: if byte != UInt8(ascii: "/") { next[index] = true }
                case .anything: next[index] = true
                }
            }
            skipStars(&next)
            open = next
        }
        return open[parts.count]
    }
}
