internal import Glibc

/// A POSIX extended regular expression, as `grep -E` takes it: the C library's.
final class RegularExpression {
    private var compiled = regex_t()

    init(_ pattern: String) throws(Refusal) {
        let code = regcomp(&compiled, pattern, REG_EXTENDED)
        guard code == 0 else {
            var words = [CChar](repeating: 0, count: 256)
            regerror(code, &compiled, &words, words.count)
            let text = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw Refusal(problems: [
                "\"\(pattern)\" is not a regular expression: \(text). POSIX extended ones are taken, as by grep -E."
            ])
        }
    }

    deinit {
        regfree(&compiled)
    }

    func matches(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let base = line.baseAddress else { return "".withCString { regexec(&compiled, $0, 0, nil, 0) == 0 } }
        // REG_STARTEND: the range is given instead of an end by NUL.
        var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(line.count))
        return regexec(&compiled, base.assumingMemoryBound(to: CChar.self), 1, &range, REG_STARTEND) == 0
    }
}
