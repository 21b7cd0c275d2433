import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("JSON")
struct JSONValueTests {
    @Test("is quoted as it must be")
    func quoting() {
        let value = JSONValue.object([
            ("a\"b", .string("x\n\u{01}é")), ("n", .array([.integer(1), .null, .bool(true)])),
        ])
        #expect(value.text == #"{"a\"b":"x\n\u0001é","n":[1,null,true]}"#)
    }

    @Test("is read back as it was written")
    func reading() {
        let text = #"{"a":[1,-2.5,"é\n😀",{"b":null,"c":{}}],"d":true,"e":[]}"#
        #expect(JSONValue(text.utf8)?.text == #"{"a":[1,-2.5,"é\n😀",{"b":null,"c":{}}],"d":true,"e":[]}"#)
        #expect(JSONValue(" {\n \"a\" : 1\n}\n".utf8)?["a"].integer == 1)
    }

    @Test(
        "is refused when it is anything else",
        arguments: [
            "", "{", #"{"a"}"#, #"{"a":1,}"#, "[1,]", "[1 2]", "{} {}", "nul", "1x", #"{"a":"\x"}"#, "\"a\nb\"",
            String(repeating: "[", count: 100_000),
        ])
    func refused(text: String) {
        #expect(JSONValue(text.utf8) == nil)
    }
}

@Suite("A pattern of names")
struct NamePatternTests {
    @Test(
        "means what it means in a shell",
        arguments: [
            ("web", "web", true), ("web", "webs", false), ("w*", "web", true), ("*b", "web", true), ("*", "", true),
            ("w?b", "web", true), ("w?b", "wb", false), ("web-[a-c]", "web-b", true), ("web-[!a-c]", "web-b", false),
            ("web-[!a-c]", "web-d", true), ("a,b*", "bc", true), ("a,b*", "c", false), ("[", "[", true),
            ("[]a]", "]", true), ("*a*b*", "xaxbx", true), ("é?", "éé", true), ("", "a", false),
        ])
    func meaning(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("takes no longer for a pattern that is made to")
    func cost() {
        let pattern = NamePattern(String(repeating: "*a", count: 200) + "b")
        let clock = ContinuousClock()
        let time = clock.measure { #expect(!pattern.matches(String(repeating: "a", count: 1000))) }
        #expect(time < .seconds(10))
    }
}

@Suite("Text in a URL")
struct PercentCodingTests {
    @Test("goes there and back", arguments: ["", "a b", "ä/ö?&=#%", "web@1+2", "*"])
    func roundTrip(text: String) {
        #expect(PercentCoding.decoded(PercentCoding.encoded(text)) == text)
    }

    @Test("is refused when it is not well-formed", arguments: ["%", "%1", "%zz", "%ff"])
    func refused(text: String) {
        #expect(PercentCoding.decoded(text) == nil)
    }
}

@Suite("A line of /proc/PID/stat")
struct ProcessStatTests {
    @Test("is read whatever the program is called")
    func odd() throws {
        let line =
            "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 0 0 20 5 3 0 1000 8192000 25 18446744073709551615 1"
        let stat = try #require(ProcessStat(line))
        #expect(stat.name == "a) b (c)")
        #expect(stat.parent == 7)
        #expect(stat.userTicks == 150 && stat.systemTicks == 50)
        #expect(stat.nice == 5 && stat.threads == 3)
        #expect(stat.startTicks == 1000 && stat.virtualBytes == 8_192_000 && stat.residentPages == 25)
    }

    @Test("is refused when it is cut", arguments: ["", "42", "42 (sh", "42 (sh) S 1 2"])
    func cut(line: String) {
        #expect(ProcessStat(line) == nil)
    }

    @Test("makes a forest whose loops end")
    func forest() {
        let forest = ProcessForest([(2, 1), (3, 2), (4, 2), (5, 4), (1, 5), (9, 9)])
        #expect(forest.descendants(of: 2) == [3, 4, 5, 1])
        #expect(forest.descendants(of: 9) == [])
    }
}

@Suite("Who may use the control socket")
struct ControlAccessTests {
    @Test("is the owner, root, and whom the configuration names")
    func levels() {
        var settings = SupervisorSettings.ControlAccess()
        settings.admins = [1001]
        settings.readers = [1002, 1001]
        let access = ControlAccess(owner: 1000, settings: settings)
        #expect(
            [0, 1000, 1001, 1002, 1003].map { access.level(of: $0) } == [.admin, .admin, .admin, .reader, .stranger])
        #expect(access.guests == [1001, 1002])
    }

    @Test("compares tokens by all their bytes")
    func tokens() {
        func equal(_ left: String, _ right: String) -> Bool { ControlAccess.isEqual(left.utf8, right.utf8) }
        #expect(equal("abc", "abc"))
        for wrong in ["", "ab", "abd", "abcd", "ABC"] { #expect(!equal(wrong, "abc")) }
    }

    @Test("takes a token only from a file that nobody else may read")
    func tokenFile() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/token"
        func write(_ text: String, mode: mode_t) throws {
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
            #expect(Glibc.write(file.number, text, text.utf8.count) == text.utf8.count)
            chmod(path, mode)
        }
        #expect(throws: Refusal.self) { try ControlAccess.token(in: path) }
        try write("0123456789abcdef\n", mode: 0o644)
        #expect(throws: Refusal.self) { try ControlAccess.token(in: path) }
        try write("short\n", mode: 0o600)
        #expect(throws: Refusal.self) { try ControlAccess.token(in: path) }
        try write("0123456789abcdef\n", mode: 0o600)
        #expect(try ControlAccess.token(in: path) == Array("0123456789abcdef".utf8))
    }
}
