/// Shell patterns as Go's `path.Match` reads them, byte for byte: `*` and `?` stop at "/", `[a-z]`, `[^a]`, `\c`.
///
/// A malformed pattern matches nothing.
/// - Source: Go 1.22, path/match.go.
enum PathPattern {
    /// Whether the whole of `name` matches.
    static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        matches(pattern[...], name[...])
    }

    /// Whether a pattern has no character with a meaning, so that it matches only itself.
    static func isLiteral(_ pattern: [UInt8]) -> Bool {
        !pattern.contains { $0 == star || $0 == question || $0 == open || $0 == escape }
    }

    private static let star = UInt8(ascii: "*")
    private static let question = UInt8(ascii: "?")
    private static let open = UInt8(ascii: "[")
    private static let close = UInt8(ascii: "]")
    private static let escape = UInt8(ascii: "\\")
    private static let slash = UInt8(ascii: "/")
    private static let caret = UInt8(ascii: "^")
    private static let dash = UInt8(ascii: "-")

    private struct Malformed: Error {}

    private static func matches(_ wholePattern: ArraySlice<UInt8>, _ wholeName: ArraySlice<UInt8>) -> Bool {
        var pattern = wholePattern
        var name = wholeName
        do throws(Malformed) {
            nextChunk: while !pattern.isEmpty {
                let (isStarred, chunk, rest) = scan(pattern)
                pattern = rest
                if isStarred && chunk.isEmpty { return !name.contains(slash) }
                // A last chunk must use up the name; otherwise the star may still stretch.
                if let left = try match(chunk, name), left.isEmpty || !pattern.isEmpty {
                    name = left
                    continue
                }
                if isStarred {
                    var skipped = name
                    while let first = skipped.first, first != slash {
                        skipped.removeFirst()
                        guard let left = try match(chunk, skipped) else { continue }
                        if pattern.isEmpty && !left.isEmpty { continue }
                        name = left
                        continue nextChunk
                    }
                }
                return false
            }
        } catch {
            return false
        }
        return name.isEmpty
    }

    /// The first chunk: whether stars stand before it, itself (up to the next star), and what follows.
    private static func scan(
        _ pattern: ArraySlice<UInt8>
    ) -> (isStarred: Bool, chunk: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        let stars = pattern.prefix { $0 == star }.count
        let body = pattern.dropFirst(stars)
        var isInRange = false
        var index = body.startIndex
        scanning: while index < body.endIndex {
            switch body[index] {
            case escape: if index + 1 < body.endIndex { index += 1 }
            case open: isInRange = true
            case close: isInRange = false
            case star: if !isInRange { break scanning }
            default: break
            }
            index += 1
        }
        return (stars > 0, body[..<index], body[index...])
    }

    /// What is left of `text` after `chunk` matched its beginning; nil when it does not.
    /// After a mismatch the chunk is still read to its end, to find whether it is malformed.
    private static func match(
        _ wholeChunk: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>
    ) throws(Malformed) -> ArraySlice<UInt8>? {
        var chunk = wholeChunk
        var rest = text
        var hasFailed = false
        while let first = chunk.first {
            if rest.isEmpty { hasFailed = true }
            switch first {
            case open:
                var scalar: UInt32 = 0
                if !hasFailed {
                    let decoded = decode(rest)
                    scalar = decoded.scalar
                    rest = rest.dropFirst(decoded.width)
                }
                chunk.removeFirst()
                if try !matchClass(&chunk, scalar) { hasFailed = true }
            case question:
                if !hasFailed {
                    if rest.first == slash { hasFailed = true }
                    rest = rest.dropFirst(decode(rest).width)
                }
                chunk.removeFirst()
            default:
                if first == escape { chunk.removeFirst() }
                guard let literal = chunk.first else { throw Malformed() }
                if !hasFailed {
                    if literal != rest.first { hasFailed = true }
                    rest.removeFirst()
                }
                chunk.removeFirst()
            }
        }
        return hasFailed ? nil : rest
    }

    /// Reads a class behind its bracket, and says whether it takes the scalar.
    private static func matchClass(_ chunk: inout ArraySlice<UInt8>, _ scalar: UInt32) throws(Malformed) -> Bool {
        let isNegated = chunk.first == caret
        if isNegated { chunk.removeFirst() }
        var isMember = false
        var ranges = 0
        while true {
            if chunk.first == close, ranges > 0 {
                chunk.removeFirst()
                return isMember != isNegated
            }
            let low = try classScalar(&chunk)
            var high = low
            if chunk.first == dash {
                chunk.removeFirst()
                high = try classScalar(&chunk)
            }
            if low <= scalar && scalar <= high { isMember = true }
            ranges += 1
        }
    }

    private static func classScalar(_ chunk: inout ArraySlice<UInt8>) throws(Malformed) -> UInt32 {
        guard let first = chunk.first, first != dash, first != close else { throw Malformed() }
        if first == escape {
            chunk.removeFirst()
            if chunk.isEmpty { throw Malformed() }
        }
        let decoded = decode(chunk)
        if decoded.scalar == 0xFFFD && decoded.width == 1 { throw Malformed() }
        chunk = chunk.dropFirst(decoded.width)
        if chunk.isEmpty { throw Malformed() }
        return decoded.scalar
    }

    /// The scalar at the beginning; U+FFFD of width 1 for a byte that begins none, as Go's utf8.DecodeRune.
    private static func decode(_ bytes: ArraySlice<UInt8>) -> (scalar: UInt32, width: Int) {
        guard let first = bytes.first else { return (0xFFFD, 0) }
        if first < 0x80 { return (UInt32(first), 1) }
        var iterator = bytes.prefix(4).makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return (0xFFFD, 1) }
        return (scalar.value, UTF8.width(scalar))
    }
}
