import BundleConfig
import Foundation
import Testing

@testable import AuthWorker

@Suite("The access list's tools")
struct AccessListToolsTests {
    private func file(_ text: String) throws -> (AccessListFile, String) {
        let path = "\(NSTemporaryDirectory())dockmaster-acl-\(UUID().uuidString.prefix(8)).yml"
        try Data(text.utf8).write(to: URL(filePath: path))
        return (try AccessListFile(path), path)
    }

    private let list = """
        users: {alice: {password: x, labels: {team: [web]}}}
        acl:
          - {match: {account: admin}, actions: ["*"]}
          - {match: {account: "/.+/", name: "${account}/*"}, actions: ["*"], comment: own namespace}
          - {match: {ip: 10.0.0.0/8}, actions: [pull]}
          - {match: {labels: {team: web}, name: "web/*"}, actions: [pull, push]}
        """

    @Test("explain which rule decides, where it stands, and why each earlier one did not match")
    func explain() throws {
        let (file, path) = try file(list)
        let request = try file.request(
            account: "alice", scope: "repository:web/app:pull,delete", address: IPAddress("192.0.2.1"), service: "",
            labels: nil)
        #expect(
            file.list.explanation(request) == [
                "allowed pull, denied delete: rule 3 (\(path):6) decides",
                "  it matches name \"web/*\", label team \"web\", and allows pull,push",
                "why not one before it:",
                "  rule 0 (\(path):3): account \"admin\" does not match \"alice\"",
                "  rule 1 (\(path):4): name \"${account}/*\" does not match \"web/app\" (for this request \"alice/*\")",
                "  rule 2 (\(path):5): ip 10.0.0.0/8 does not hold 192.0.2.1",
            ])
        let other = try file.request(
            account: "bob", scope: "repository:web/app:pull", address: nil, service: "", labels: nil)
        let lines = file.list.explanation(other)
        #expect(lines.first == "denied pull: no rule matches, so that nothing is allowed")
        #expect(lines.last?.hasSuffix("label team \"web\": the account does not have it") == true)
    }

    @Test("compare the list with a table of expectations")
    func table() throws {
        let (file, _) = try file(list)
        let table = try ConfigurationNode.parse(
            """
            - {account: alice, scope: "repository:web/app:pull,push", expect: [pull, push], rule: 3}
            - {account: alice, scope: "repository:web/app:pull", expect: []}
            - {account: bob, scope: "repository:web/app:pull", labels: {team: [web]}, expect: [pull]}
            - {account: bob, scope: "repository:x:pull", ip: 10.1.1.1, expect: [pull], rule: 1}
            - {account: bob, scope: "repository:x:pull", expect: [], rule: -1}
            - {account: bob, scope: "repository:x", expect: []}
            """, file: "table.yml")
        let differences = try AccessExpectation.read(table).map { $0.difference(file) }
        #expect(differences.map { $0 == nil } == [true, false, true, false, true, false])
        #expect(
            differences[1]?.hasPrefix("table.yml:2: alice repository:web/app:pull: expected nothing, got pull") == true)
        #expect(throws: ConfigurationErrors.self) {
            try AccessExpectation.read(try .parse("- {account: a, scop: x}", file: "t.yml"))
        }
    }

    @Test("find expressions that are not anchored and stars that do not do what two of them promise")
    func lint() throws {
        let (file, _) = try file(
            """
            acl:
              - {match: {account: "/admin/"}, actions: ["*"]}
              - {match: {account: "/^bob$/", name: "team/**"}, actions: ["*"]}
              - {match: {account: "/.+/", name: "a"}, actions: ["*"]}
            """)
        let findings = AccessListLint.findings(file.list)
        #expect(findings.count == 2)
        #expect(findings[0].contains("account \"/admin/\" matches anywhere"))
        #expect(findings[1].contains("** is the same as *"))
    }
}
