internal import Synchronization

/// Regular expressions made from templates, kept because the same accounts come again. Bounded; forgets all when full.
final class PatternCache: Sendable {
    private let capacity = 1024
    private let patterns = Mutex<[[UInt8]: TextPattern]>([:])

    /// The pattern compiled; nil when it is no valid expression, which matches nothing.
    func pattern(_ expanded: [UInt8]) -> TextPattern? {
        guard TextPattern.expressionBody(expanded) != nil else { return try? TextPattern(expanded: expanded) }
        if let known = patterns.withLock({ $0[expanded] }) { return known }
        guard let made = try? TextPattern(expanded: expanded) else { return nil }
        patterns.withLock { patterns in
            if patterns.count >= capacity { patterns = [:] }
            patterns[expanded] = made
        }
        return made
    }
}
