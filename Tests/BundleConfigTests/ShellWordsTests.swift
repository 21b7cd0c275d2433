import Testing

@testable import BundleConfig

@Suite("A command line")
struct ShellWordsTests {
    @Test(
        "is split as a shell does it",
        arguments: [
            ("nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"]),
            ("  a\t b\nc  ", ["a", "b", "c"]),
            ("a'b'\"c\"d", ["abcd"]),
            ("'' \"\" x", ["", "", "x"]),
            (#"a\ b \'"#, ["a b", "'"]),
            (#""a \"b\" \\ \$HOME \n""#, [#"a "b" \ $HOME \n"#]),
            (#"'a\b'"#, [#"a\b"#]),
            ("a\\\nb", ["ab"]),
            ("~ $HOME *.txt # no", ["~", "$HOME", "*.txt", "#", "no"]),
            ("", []),
            ("grüße 'Ärger und 日本'", ["grüße", "Ärger und 日本"]),
        ])
    func split(text: String, words: [String]) throws {
        #expect(try ShellWords.split(text) == words)
    }

    @Test("keeps what Python's shlex keeps when a circus file says it")
    func shlex() throws {
        #expect(try ShellWords.split(#""\$HOME \n \" \\""#, .shlex) == [#"\$HOME \n " \"#])
    }

    @Test("that is not finished says what is open", arguments: ["a 'b", "a \"b", "a \\", "\"a\\"])
    func unfinished(text: String) {
        #expect(throws: ShellWords.Unfinished.self) { try ShellWords.split(text) }
    }

    @Test("of quoted words splits into them again")
    func quoting() throws {
        let words = ["", "a b", "it's", "\"", "\\", "plain-1.2/x", "new\nline", "$(circus.wid)", "ü"]
        #expect(try ShellWords.split(words.map(ShellWords.quote).joined(separator: " ")) == words)
    }
}

@Suite("A signal's name")
struct SignalTextTests {
    @Test(
        "is read in every spelling of circus",
        arguments: [
            ("TERM", 15), ("SIGTERM", 15), ("term", 15), ("15", 15), ("SIGRTMIN+1", 35), ("RTMAX", 64), ("POLL", 29),
            ("kill", 9),
        ] as [(String, Int32)])
    func parse(text: String, number: Int32) {
        #expect(SignalText.parse(text) == number)
        #expect(SignalText.parse(SignalText.text(number)) == number)
    }

    @Test("that does not exist is nothing", arguments: ["TERMINATE", "0", "65", "-9", "RTMIN+31", "", "SIG"])
    func unknown(text: String) {
        #expect(SignalText.parse(text) == nil)
    }
}
