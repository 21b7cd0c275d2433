import Foundation
import Testing

extension WholeBundle {
    @Suite("A bad configuration", .serialized)
    struct RefusalTests {
        /// A configuration with one fault, and what the refusal must say of it.
        private struct Fault {
            var name: String
            var text: String
            /// Each must stand in the one line that refuses: the key, and why.
            var words: [String]
            /// The line of the file that is at fault, when it is one line.
            var line: Int?
        }

        @Test("is refused precisely: ten faults at SIGHUP and by check, and the bundle goes on as it was")
        func ten() async throws {
            let folder = try TestFolder(named: "refusal")
            let authority = try await TestAuthority.make(in: folder)
            let faults = try await faults(authority)
            #expect(faults.count >= 10)
            let good = RunningBundle.twoUsers(domain: "localhost")
            try await RunningBundle.with(configuration: good) { bundle in
                let client = CurlClient(bundle)
                let workers = ["proxy", "auth", "registry"].flatMap { bundle.workers($0) }
                for fault in faults {
                    let path = try bundle.folder.write("dockmaster.yaml", fault.text)
                    let check = try await Shell.run(
                        "\(TestFolder.release)/dockmaster check --config \(path) --data \(bundle.data) --logs \(bundle.logs) --run \(bundle.run)"
                    )
                    #expect(!check.succeeded, "check must refuse: \(fault.name)")
                    expect(fault, in: check.text, by: "check")

                    let before = bundle.console.count
                    bundle.process.signal(SIGHUP)
                    let said = try await Shell.eventually(within: .seconds(5)) {
                        fault.words.allSatisfy(bundle.console.dropFirst(before).contains)
                    }
                    #expect(said, "\(fault.name): the console must say it")
                    expect(fault, in: String(bundle.console.dropFirst(before)), by: "SIGHUP")
                    #expect(try await client.status("/healthz") == "200", "\(fault.name): nothing changes")
                    #expect(try await client.token(scope: nil) != nil, "\(fault.name): its users are still there")
                }
                #expect(["proxy", "auth", "registry"].flatMap { bundle.workers($0) } == workers, "no worker restarted")

                // The good one again: the next reload is not held up by the refused ones.
                try bundle.folder.write("dockmaster.yaml", good)
                bundle.process.signal(SIGHUP)
                #expect(try await Shell.eventually { try await client.status("/healthz") == "200" })
            }
            folder.remove()
        }

        @Test("is refused at the start too, with an exit code of its own and no secret in the message")
        func atStart() async throws {
            let text = RunningBundle.twoUsers(domain: "localhost").replacingOccurrences(of: "users:", with: "usres:")
            let bundle = try RunningBundle(configuration: text)
            let status = try await bundle.process.wait(within: .seconds(10))
            #expect(status == 78 || status == 1, "exit code \(status)")
            #expect(bundle.console.contains("usres") && bundle.console.contains("users"), "\(bundle.console)")
            #expect(bundle.console.contains("dockmaster.yaml:2"), "\(bundle.console)")
            #expect(!bundle.console.contains(RunningBundle.adminPassword))
            bundle.folder.remove()
        }

        private func expect(_ fault: Fault, in text: String, by who: String) {
            let line = text.split(separator: "\n").first { line in fault.words.allSatisfy(line.contains) }
            #expect(line != nil, "\(who), \(fault.name): one line must have \(fault.words): \(text.suffix(2000))")
            if let line, let number = fault.line {
                #expect(line.contains("dockmaster.yaml:\(number)"), "\(who), \(fault.name): \(line)")
            }
            #expect(!text.contains("BEGIN PRIVATE KEY") && !text.contains(RunningBundle.adminPassword))
        }

        private func faults(_ authority: TestAuthority) async throws -> [Fault] {
            let good = RunningBundle.twoUsers(domain: "localhost")
            let leaf = try await authority.issue("leaf", names: ["localhost"])
            let other = try await authority.issue("other", names: ["localhost"])
            let elsewhere = try await authority.issue("elsewhere", names: ["registry.elsewhere.test"])
            let expired = try await authority.issue(
                "expired", names: ["localhost"], validity: ("20240101000000Z", "20240201000000Z"))
            let with = { (more: String) in RunningBundle.twoUsers(domain: "localhost", more: more) }
            let replacing = { (old: String, new: String) in good.replacingOccurrences(of: old, with: new) }
            return [
                Fault(
                    name: "an unknown key", text: replacing("domain:", "domian:"), words: ["domian", "domain"], line: 1),
                Fault(
                    name: "no users", text: "domain: localhost\nusers: {}\nacl: []\n", words: ["users", "nobody"],
                    line: nil),
                Fault(
                    name: "anonymous without saying so", text: replacing("users:\n", "users:\n  \"\": {}\n"),
                    words: ["users", "without signing in"], line: 3),
                Fault(
                    name: "an empty password",
                    text: replacing(
                        "readonly: {password: \"\(RunningBundle.readonlyPassword)\"}", "readonly: {password: \"\"}"),
                    words: ["users.readonly.password", "empty"], line: 4),
                Fault(
                    name: "another key", text: with(leaf.yaml(key: other)), words: ["ssl_key", "is not the key"],
                    line: nil),
                Fault(
                    name: "an expired certificate", text: with(expired.yaml()), words: ["ssl_cert", "expired"],
                    line: nil),
                Fault(
                    name: "a missing intermediate", text: with(leaf.yaml(intermediate: false)),
                    words: ["ssl_cert", "intermediate"], line: nil),
                Fault(
                    name: "a certificate for another name", text: with(elsewhere.yaml()),
                    words: ["ssl_cert", "localhost", "registry.elsewhere.test"], line: nil),
                Fault(name: "two equal keys", text: with("domain: localhost"), words: ["domain"], line: nil),
                Fault(
                    name: "text that is not YAML", text: good + "\n  acl: [", words: ["dockmaster.yaml:"], line: nil),
                Fault(
                    name: "a duration that is none", text: with("auth: {token: {expiration: soon}}"),
                    words: ["auth.token.expiration", "soon"], line: nil),
                Fault(
                    name: "a regular expression that only the auth worker can judge",
                    text: replacing("match: {account: readonly}", "match: {account: \"/(/\"}"),
                    words: ["acl[1].match.account"], line: 9),
                Fault(
                    name: "an unknown condition",
                    text: replacing("match: {account: readonly}", "match: {acount: readonly}"),
                    words: ["acl[1].match", "acount", "account"], line: 9),
            ]
        }
    }
}
