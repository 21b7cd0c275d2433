internal import BundleConfig

/// What is likely not meant in an access list, beyond what is found at each load.
enum AccessListLint {
    static func findings(_ list: AccessList) -> [String] {
        list.rules.flatMap { rule -> [String] in
            guard let source = rule.source else { return [] }
            var findings: [String] = []
            for field in [AccessRequest.Field.account, .name] {
                guard let text = source.texts[field] else { continue }
                if let body = TextPattern.expressionBody(Array(text.utf8)), !isAnchored(Array(body)), !isAnything(body)
                {
                    findings.append(
                        "\(source.place): \(field.key) \(text.goQuoted) matches anywhere within the text. Write /^…$/.")
                } else if text.contains("**") {
                    findings.append(
                        "\(source.place): \(field.key) \(text.goQuoted): ** is the same as *, which ends at \"/\". "
                            + "Write an expression: /^team/.+$/.")
                }
            }
            return findings
        }
    }

    private static func isAnchored(_ body: [UInt8]) -> Bool {
        body.first == UInt8(ascii: "^") && body.last == UInt8(ascii: "$")
    }

    /// Expressions that are meant to take all: `.+`, `.*`.
    private static func isAnything(_ body: ArraySlice<UInt8>) -> Bool {
        [".+", ".*", "."].contains(String(decoding: body, as: UTF8.self))
    }
}
