/// Selects watchers by name: `*`, `?` and `[a-z]` as a shell has them; several, separated by commas.
/// - Cost: the product of the lengths, whatever the pattern.
struct NamePattern: Equatable {
    private let patterns: [[Element]]

    private enum Element: Equatable {
        case character(Character)
        case any
        case many
        case set([ClosedRange<Character>], negated: Bool)
    }

    init(_ text: String) {
        patterns = text.split(separator: ",").map { Self.elements(Array($0)) }
    }

    /// Whether it can only mean one name.
    static func isLiteral(_ text: String) -> Bool { !text.contains { "*?[,".contains($0) } }

    func matches(_ name: String) -> Bool {
        let characters = Array(name)
        return patterns.contains { Self.matches($0, characters) }
    }

    private static func elements(_ text: [Character]) -> [Element] {
        var elements: [Element] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case "*": if elements.last != .many { elements.append(.many) }
            case "?": elements.append(.any)
            case "[":
                if let (set, end) = set(text, from: index + 1) {
                    elements.append(set)
                    index = end
                } else {
                    elements.append(.character("["))
                }
            case let character: elements.append(.character(character))
            }
            index += 1
        }
        return elements
    }

    /// The set behind a bracket and the place of its end; nil without an end.
    private static func set(_ text: [Character], from start: Int) -> (Element, Int)? {
        var index = start
        let isNegated = index < text.count && (text[index] == "!" || text[index] == "^")
        if isNegated { index += 1 }
        var ranges: [ClosedRange<Character>] = []
        while index < text.count, text[index] != "]" || ranges.isEmpty {
            if index + 2 < text.count, text[index + 1] == "-", text[index + 2] != "]", text[index] <= text[index + 2] {
                ranges.append(text[index]...text[index + 2])
                index += 3
            } else {
                ranges.append(text[index]...text[index])
                index += 1
            }
        }
        return index < text.count ? (.set(ranges, negated: isNegated), index) : nil
    }

    private static func matches(_ pattern: [Element], _ name: [Character]) -> Bool {
        // Which beginnings of the name the pattern's elements so far can stand for.
        var reachable = [true] + [Bool](repeating: false, count: name.count)
        for element in pattern {
            var next = [Bool](repeating: false, count: name.count + 1)
            for index in 0...name.count where reachable[index] {
                switch element {
                case .many:
                    for later in index...name.count { next[later] = true }
                case .any: if index < name.count { next[index + 1] = true }
                case .character(let character):
                    if index < name.count, name[index] == character { next[index + 1] = true }
                case .set(let ranges, let negated):
                    if index < name.count, ranges.contains(where: { $0.contains(name[index]) }) != negated {
                        next[index + 1] = true
                    }
                }
                if element == .many { break }
            }
            reachable = next
        }
        return reachable[name.count]
    }
}
