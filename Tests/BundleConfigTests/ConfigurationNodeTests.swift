import BundleConfig
import Testing

@Suite("A configuration document")
struct ConfigurationNodeTests {
    private func parse(_ text: String) throws -> ConfigurationNode {
        try ConfigurationNode.parse(text, file: "x.yaml")
    }

    @Test("knows the path and the line of each value")
    func positions() throws {
        let node = try parse("domain: a\nacl:\n  - match: {account: b}\n    actions: []\n")
        let match = try #require(node["acl"]?.sequence().first?["match"])
        #expect(match.path == "acl[0].match")
        #expect(match.line == 3)
        #expect(try match.string("account") == "b")
    }

    @Test(
        "says file, line, key and remedy of what it refuses",
        arguments: [
            ("a: [1", "x.yaml:2: not YAML"),
            ("a:\n\tb: 1\n", "x.yaml:2: not YAML"),
            ("a: 1\nb: 2\na: 3\n", "a: stands twice"),
        ])
    func syntax(text: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try parse(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("names the nearest key to an unknown one")
    func unknownKeys() throws {
        let node = try parse("domian: x\nusers: {}\n")
        let errors = #expect(throws: ConfigurationErrors.self) { try node.refuseUnknownKeys(["domain", "users"]) }
        #expect(errors?.description == "x.yaml:1: domian: is not a known key. Did you mean domain?")
    }

    @Test("coerces any scalar to text, and only fitting ones to numbers and flags")
    func scalars() throws {
        let node = try parse("a: 1\nb: yes\nc: hello\nd: 1h30m\ne: 64MiB\nf:\n")
        #expect(try node.string("a") == "1")
        #expect(try node.string("b") == "yes")
        #expect(try node.bool("b") == true)
        #expect(try node.duration("d") == .seconds(5_400))
        #expect(try node.byteSize("e")?.bytes == 64 << 20)
        #expect(try node.string("f") == nil)
        let error = #expect(throws: ConfigurationError.self) { try node.integer("c") }
        #expect(error?.description == "x.yaml:3: c: must be a whole number, but is \"hello\". Write digits only.")
    }

    @Test("merges mappings and replaces lists")
    func merging() throws {
        let base = try parse("a: {x: 1, y: 2}\nl: [1, 2]\n")
        let merged = base.merging(try parse("a: {y: 3}\nl: [9]\nn: 1\n"))
        #expect(try merged["a"]?.string("x") == "1")
        #expect(try merged["a"]?.string("y") == "3")
        #expect(try merged.strings("l") == ["9"])
        #expect(try merged.string("n") == "1")
    }

    @Test("follows anchors and merge keys")
    func anchors() throws {
        let node = try parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
        #expect(try node["use"]?.string("x") == "1")
        #expect(try node["use"]?.string("y") == "3")
    }

    @Test("refuses aliases that multiply beyond measure")
    func aliasBomb() throws {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...8 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let error = #expect(throws: ConfigurationError.self) { try parse(text) }
        #expect(error?.problem.contains("more than") == true)
    }

    @Test("writes YAML that reads back the same")
    func roundTrip() throws {
        let node = ConfigurationNode.mapping([
            ("yes", .string("true")), ("pem", .string("line 1\nline 2\n")), ("number", .string("012")),
            ("empty", .string("")), ("list", .list([])), ("nested", .mapping([("a: b", .string("# no comment"))])),
            ("null", .string("null")), ("port", .integer(8443)), ("flag", .bool(false)),
        ])
        let again = try parse(node.yaml())
        #expect(again.keys == node.keys)
        #expect(try again.string("yes") == "true")
        #expect(try again.string("pem") == "line 1\nline 2\n")
        #expect(try again.string("number") == "012")
        #expect(try again["empty"]?.string() == "")
        #expect(try again["null"]?.string() == "null")
        #expect(try again["nested"]?.string("a: b") == "# no comment")
        #expect(try again.integer("port") == 8443)
        #expect(try again.bool("flag") == false)
    }
}

@Suite("A secret")
struct SecretTests {
    @Test("does not show in any description")
    func hidden() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
        #expect(secret.reveal() == "hunter2")
    }
}

@Suite("Sizes and durations")
struct QuantityTests {
    @Test(
        "are read in the units people write",
        arguments: [
            ("512", 512), ("64k", 65_536), ("64KiB", 65_536), ("10MB", 10_000_000), ("2 GiB", 2 << 30), ("0", 0),
        ])
    func sizes(text: String, bytes: Int) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test("that are none are refused", arguments: ["", "x", "-1", "10 parsecs", "99999999999999999999", "1.5G"])
    func noSizes(text: String) {
        #expect(ByteSize(text) == nil)
    }

    @Test(
        "are read as Go writes them",
        arguments: [
            ("1h30m", Duration.seconds(5_400)), ("500ms", .milliseconds(500)), ("15", .seconds(15)),
            ("1.5s", .milliseconds(1_500)), ("168h", .seconds(604_800)),
        ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.text(duration)) == duration)
    }

    @Test(
        "that are no durations, or longer than thirty years, are refused",
        arguments: ["", "h", "1x", "-5s", "1h30", "9223372036854775807", "99999999d"])
    func noDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
