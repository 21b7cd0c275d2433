internal import Glibc

/// A POSIX extended regular expression for whole names. Only in the client: a slow one never holds the supervisor.
final class NameExpression {
    private var expression = regex_t()

    init(_ text: String) throws(CallFailure) {
        let code = regcomp(&expression, "^(\(text))$", REG_EXTENDED | REG_NOSUB)
        guard code == 0 else {
            var words = [CChar](repeating: 0, count: 256)
            regerror(code, &expression, &words, words.count)
            let problem = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw CallFailure(.usage, "\"\(text)\" is no regular expression: \(problem)")
        }
    }

    deinit { regfree(&expression) }

    func matches(_ name: String) -> Bool { regexec(&expression, name, 0, nil, 0) == 0 }
}
