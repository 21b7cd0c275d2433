import BundleConfig
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("An access list")
struct AccessListTests {
    private func refusal(_ acl: String) throws -> String? {
        try JSONReader.read(Array(AccessEvaluation.answer(#"{"acl":\#(acl)}"#).utf8))["error"]?.string
    }

    private func decide(_ acl: String, _ request: String) -> String {
        AccessEvaluation.answer(#"{"acl":\#(acl),"request":\#(request)}"#)
    }

    @Test("is refused where docker_auth would crash or let everyone in")
    func refusals() throws {
        #expect(try refusal(#"[{"match":{}}]"#)?.contains("has no actions") == true)
        #expect(try refusal(#"[{"match":{},"actions":null}]"#)?.contains("has no actions") == true)
        #expect(try refusal(#"[{"actions":["*"]}]"#)?.contains("has no conditions") == true)
        #expect(try refusal("[null]")?.contains("is not a rule") == true)
        #expect(try refusal(#"[{"match":{"team":"x"},"actions":["*"]}]"#)?.contains("acl[0].match.team") == true)
        #expect(try refusal(#"[{"match":{"account":null},"actions":["*"]}]"#) != nil)
        #expect(try refusal(#"[{"match":{"name":"/(/","ip":"x"},"actions":[]}]"#)?.contains("\n") == true)
        #expect(try refusal("[]") == nil)
    }

    @Test("quotes what an account captures, so that a star in a name is a star")
    func quoting() {
        let acl = #"[{"match":{"account":"/^(.+)@test\\.com$/","name":"${account:1}/*"},"actions":["*"]}]"#
        let star = #"{"account":"*@test.com","type":"repository","name":"john/app","actions":["pull"]}"#
        #expect(decide(acl, star) == #"{"rule":-1,"allowed":[]}"#)
        let own = #"{"account":"*@test.com","type":"repository","name":"*/app","actions":["pull"]}"#
        #expect(decide(acl, own) == #"{"rule":0,"allowed":["pull"]}"#)
    }

    @Test("compares by scalar, so that two spellings of one letter differ")
    func spellings() {
        let acl = #"[{"match":{"account":"\u00e9"},"actions":["*"]}]"#
        #expect(decide(acl, #"{"account":"e\u0301","actions":["pull"]}"#) == #"{"rule":-1,"allowed":[]}"#)
        #expect(decide(acl, #"{"account":"\u00e9","actions":["pull"]}"#) == #"{"rule":0,"allowed":["pull"]}"#)
    }

    @Test("denies when labels combine in more ways than can be tried")
    func combinations() {
        let values = (0..<30).map { #""\#($0)""# }.joined(separator: ",")
        let acl = #"[{"match":{"name":"${labels:a}${labels:b}${labels:c}"},"actions":[]},{"match":{},"actions":["*"]}]"#
        let labels = #"{"a":[\#(values)],"b":[\#(values)],"c":[\#(values)]}"#
        let request = #"{"account":"x","name":"y","actions":["pull"],"labels":\#(labels)}"#
        #expect(decide(acl, request) == #"{"rule":0,"allowed":[]}"#)
    }

    @Test("warns of rules that are never reached and of groups that nothing captures")
    func warnings() throws {
        let file = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 900, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: {a: {password: plain}}
            acl:
              - {match: {account: "/(a)/", name: "${account:2}"}, actions: []}
              - {match: {}, actions: [pull]}
              - {match: {account: a}, actions: ["*"]}
            """
        let settings = try AuthSettings(try .parse(file, file: "auth.yml"))
        #expect(settings.warnings.count == 3)
        #expect(settings.warnings[0].hasPrefix("auth.yml:3: users.a.password: is no bcrypt hash"))
        #expect(
            settings.warnings[1].contains("${account:2}, which nothing gives: account's pattern captures 1 group(s)"))
        #expect(
            settings.warnings[2].hasPrefix(
                "auth.yml:7: acl[2]: is never reached: acl[1] (auth.yml:6) matches everything"))
        #expect(!settings.warnings.contains { $0.contains("plain,") || $0.contains("\"plain\"") })
    }

    @Test(
        "tells a rule that an earlier one shadows from one that it does not",
        arguments: [
            ("{account: a}", "{account: a, name: x}", true), ("{account: a}", "{account: b}", false),
            ("{account: \"a*\"}", "{account: ab}", true), ("{account: \"a*\"}", "{account: \"ab?\"}", true),
            ("{account: \"a*\"}", "{account: \"ab/*\"}", false), ("{account: \"a*\"}", "{account: \"*\"}", false),
            ("{account: \"/.+/\"}", "{account: ab}", true), ("{account: \"/.+/\"}", "{account: \"\"}", false),
            ("{account: \"/.*/\"}", "{name: x}", true), ("{account: \"/.+/\"}", "{name: x}", false),
            ("{name: \"${account}/*\"}", "{account: a, name: \"${account}/*\"}", true),
            ("{account: \"/(a)/\", name: \"${account:1}\"}", "{account: \"/(a)/\", name: \"${account:1}\"}", true),
            ("{account: \"/(.)/\", name: \"${account:1}\"}", "{account: a, name: \"${account:1}\"}", false),
            ("{ip: 10.0.0.0/8}", "{ip: 10.1.0.0/16, name: x}", true), ("{ip: 10.1.0.0/16}", "{ip: 10.0.0.0/8}", false),
            ("{ip: 10.0.0.0/8}", "{ip: 10.0.0.7}", true), ("{ip: 10.0.0.0/8}", "{name: x}", false),
            ("{labels: {g: \"w*\"}}", "{labels: {g: web}, name: x}", true),
            ("{labels: {g: web}}", "{labels: {h: web}}", false), ("{}", "{name: x}", true),
        ])
    func shadows(first: String, second: String, isShadowed: Bool) throws {
        let text = "acl: [{match: \(first), actions: []}, {match: \(second), actions: [pull]}]"
        var reading = ConfigurationReading()
        let document = try ConfigurationNode.parse(text, file: "auth.yml")
        _ = AccessList(try #require(document["acl"]), reading: &reading)
        try reading.finish()
        #expect(reading.warnings.contains { $0.problem.contains("is never reached") } == isShadowed)
    }

    @Test("decides among ten thousand rules in about a millisecond")
    func manyRules() throws {
        let rules = (0..<10_000).map { #"{"match":{"account":"user\#($0)","name":"team\#($0)/*"},"actions":["*"]}"# }
        let document = try JSONReader.read(Array("[\(rules.joined(separator: ","))]".utf8))
        let list = try AccessEvaluation.accessList(document)
        let request = AccessRequest(
            account: "user9999", type: "repository", name: "team9999/app", service: "", address: nil,
            actions: ["pull"])
        let elapsed = ContinuousClock().measure { #expect(list.decide(request).rule == 9_999) }
        // Generous: tests run unoptimised.
        #expect(elapsed < .milliseconds(250))
    }
}
