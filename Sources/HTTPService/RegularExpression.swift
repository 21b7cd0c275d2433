import CRE2

/// A compiled regular expression with Go's syntax and semantics, over bytes, in linear time (RE2).
///
/// `@unchecked Sendable`: the pattern is immutable after `init`, and RE2 matches from any number of threads.
package final class RegularExpression: @unchecked Sendable {
    /// Why a pattern is refused, in RE2's words.
    package struct Refusal: Error, Equatable {
        package var problem: String
        package var remedy: String { "Write it in RE2 syntax, https://github.com/google/re2/wiki/Syntax" }
    }

    private let pattern: OpaquePointer
    package let groups: Int

    package init(_ text: [UInt8]) throws(Refusal) {
        if Self.matchesAnyByte(text) { throw Refusal(problem: "invalid escape sequence: \\C") }
        let room = 160
        var problem = [CChar](repeating: 0, count: room)
        let compiled = text.withUnsafeBytes { bytes in
            cre2_compile(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &problem, room)
        }
        guard let compiled else {
            let words = problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw Refusal(problem: String(decoding: words, as: UTF8.self))
        }
        pattern = compiled
        groups = Int(cre2_groups(compiled))
    }

    deinit { cre2_free(pattern) }

    /// Whether the expression matches anywhere in `text`.
    package func matches(_ text: [UInt8]) -> Bool {
        text.withUnsafeBytes { bytes in
            cre2_match(pattern, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, nil, 0) == 1
        }
    }

    /// The whole match and every group (empty for one that took no part), as ranges of `text`; nil without a match.
    package func captures(_ text: ArraySlice<UInt8>) -> [Range<Int>]? {
        let count = groups + 1
        var spans = [cre2_span](repeating: cre2_span(start: -1, length: 0), count: count)
        let found = text.withUnsafeBytes { bytes in
            cre2_match(
                pattern, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &spans, CInt(count))
        }
        guard found == 1 else { return nil }
        return spans.map { span in
            let start = text.startIndex + max(0, Int(span.start))
            return start..<start + Int(span.length)
        }
    }

    /// Whether the pattern holds `\C`, which RE2 takes for "any byte" and Go refuses.
    private static func matchesAnyByte(_ text: [UInt8]) -> Bool {
        var index = 0
        var isLiteral = false
        while index + 1 < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            let escaped = text[index + 1]
            if isLiteral {
                if escaped == UInt8(ascii: "E") { isLiteral = false }
                index += escaped == UInt8(ascii: "E") ? 2 : 1
                continue
            }
            if escaped == UInt8(ascii: "C") { return true }
            if escaped == UInt8(ascii: "Q") { isLiteral = true }
            index += 2
        }
        return false
    }
}
