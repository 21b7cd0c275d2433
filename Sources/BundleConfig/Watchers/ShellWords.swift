/// A command in one text, split into words as a shell would, without a shell: no variables, no globs, no `~`.
package enum ShellWords {
    package struct Unfinished: Error, Equatable {
        /// "a quote is not closed", as the end of a sentence that begins with the key.
        package var problem: String
    }

    /// Which characters a backslash inside double quotes takes the meaning from.
    package enum Manner {
        /// POSIX, 2.2.3: `$`, backquote, `"`, backslash, newline.
        case shell
        /// Python's `shlex.split`, which circus uses: `"` and backslash only.
        case shlex

        fileprivate func escapes(_ character: Character) -> Bool {
            switch self {
            case .shell: "$`\"\\\n".contains(character)
            case .shlex: character == "\"" || character == "\\"
            }
        }
    }

    package static func split(_ text: String, _ manner: Manner = .shell) throws(Unfinished) -> [String] {
        var words: [String] = []
        // nil between words; a pair of quotes alone makes an empty word.
        var word: String?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "'":
                guard let end = rest.firstIndex(of: "'") else { throw Unfinished(problem: "a ' is not closed") }
                word = (word ?? "") + rest[..<end]
                rest = rest[end...].dropFirst()
            case "\"":
                word = (word ?? "") + (try quoted(&rest, manner))
            case "\\":
                guard let next = rest.popFirst() else { throw Unfinished(problem: "it ends with a backslash") }
                // A backslash before a newline joins the lines in a shell.
                if next != "\n" || manner == .shlex { word = (word ?? "") + String(next) }
            case _ where character.isWhitespace:
                if let whole = word { words.append(whole) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// What stands between double quotes; `rest` goes on behind the closing one.
    private static func quoted(_ rest: inout Substring, _ manner: Manner) throws(Unfinished) -> String {
        var inside = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return inside
            case "\\":
                guard let next = rest.popFirst() else { throw Unfinished(problem: "a \" is not closed") }
                if !manner.escapes(next) { inside.append("\\") }
                if next != "\n" || manner == .shlex { inside.append(next) }
            default: inside.append(character)
            }
        }
        throw Unfinished(problem: "a \" is not closed")
    }

    /// One word that splits into itself, for a shell as well.
    package static func quote(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "%+,-./:=@_".contains($0)) }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
