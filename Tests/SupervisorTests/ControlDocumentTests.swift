import BundleConfig
import Glibc
import ProcessControl
import Testing

@testable import Supervisor

/// What is written about the control socket and the command line says what there is.
@Suite("The documents")
struct ControlDocumentTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())

    private func read(_ path: String) throws -> String {
        try #require(TextFile.read("\(Self.root)/\(path)"), "there is no \(path)")
    }

    /// Runs a program and gives what it says.
    private func output(_ command: [String], _ environment: [String: String] = [:]) throws -> (
        status: ProcessControl.ExitStatus?, text: String
    ) {
        let folder = try ScenarioFolder()
        var request = SpawnRequest(
            command[0], Array(command.dropFirst()),
            environment: ChildEnvironment.inherited().merging(environment) { $1 })
        let file = try OwnedDescriptor.open("\(folder.path)/out", O_WRONLY | O_CREAT)
        request.output = file.number
        request.error = file.number
        request.folder = Self.root
        let child = try Spawner.spawn(request)
        let deadline = MonotonicTime.now.advanced(by: .seconds(60))
        var status: ProcessControl.ExitStatus?
        while status == nil, MonotonicTime.now < deadline {
            status = child.reap()
            if status == nil { usleep(5000) }
        }
        if status == nil { child.signal(SIGKILL) }
        return (status, TextFile.read("\(folder.path)/out") ?? "")
    }

    // MARK: OpenAPI

    private func members(_ node: ConfigurationNode?) -> [(key: String, value: ConfigurationNode)] {
        guard case .mapping(let entries)? = node?.value else { return [] }
        return entries.map { ($0.key, $0.value) }
    }

    private func member(_ node: ConfigurationNode?, _ key: String) -> ConfigurationNode? {
        members(node).first { $0.key == key }?.value
    }

    @Test("of the control socket describe every route that is served, and serve every route described")
    func openAPI() throws {
        let document = try ConfigurationNode.parse(try read("etc/openapi.yaml"), file: "etc/openapi.yaml")
        let verbs = ["get", "post", "patch", "delete", "put"]
        let described = Set(
            members(member(document, "paths")).flatMap { path in
                members(path.value).filter { verbs.contains($0.key) }.map { "\($0.key.uppercased()) \(path.key)" }
            })
        let served = Set(ControlDesk.routes.map { "\($0.method) \($0.path)" })
        #expect(described.subtracting(served).isEmpty, "described, not served: \(described.subtracting(served))")
        #expect(served.subtracting(described).isEmpty, "served, not described: \(served.subtracting(described))")
        #expect(served.count > 20)
    }

    @Test("of the control socket name only what they define, and give each operation a name of its own")
    func references() throws {
        let text = try read("etc/openapi.yaml")
        let document = try ConfigurationNode.parse(text, file: nil)
        for match in text.matches(of: #/"#\/components\/([a-z]+)\/([A-Za-z]+)"/#.ignoresCase()) {
            let found = member(member(member(document, "components"), String(match.1)), String(match.2))
            #expect(found != nil, "\(match.0)")
        }
        let operations = text.matches(of: #/operationId: (\w+)/#).map { String($0.1) }
        #expect(Set(operations).count == operations.count)
        #expect(operations.count == ControlDesk.routes.count)
    }

    @Test("of the control socket say of a status what it holds")
    func statusSchema() throws {
        let document = try ConfigurationNode.parse(try read("etc/openapi.yaml"), file: nil)
        let schemas = member(member(document, "components"), "schemas")
        let control = try ControlHarness()
        try control.ready()
        for (target, schema) in [
            ("status", "Status"), ("stats", "Stats"), ("health", "Health"), ("plan", "Plan"), ("upgrade", "Upgrades"),
        ] {
            let answer = try control.call("GET", "/v1/\(target)")
            let keys = Set(members(member(member(schemas, schema), "properties")).map(\.key))
            #expect(Set(answer.json.members.map(\.0)) == keys, "\(schema)")
        }
        let usage = Set(members(member(member(schemas, "Usage"), "properties")).map(\.key))
        let process = try control.call("GET", "/v1/stats").json["watchers"].values.first?["processes"].values.first
        let keys = Set((process ?? .null).members.map(\.0)).subtracting(["instance", "children"])
        #expect(keys == usage)
    }

    // MARK: The manual and the completions

    /// Every command with its options, as the program tells them.
    private func commands() throws -> [(name: String, options: [String])] {
        let help = try output([BinaryRun.binary, "--experimental-dump-help"])
        let dump = try #require(JSONValue(help.text.utf8), "\(help.text.prefix(200))")
        return dump["command"]["subcommands"].values.compactMap { command in
            guard let name = command["commandName"].string, name != "help" else { return nil }
            let options = command["arguments"].values.flatMap { argument -> [String] in
                guard argument["shouldDisplay"].bool ?? true else { return [] }
                return argument["names"].values.compactMap { $0["kind"].string == "long" ? $0["name"].string : nil }
            }
            return (name, options.filter { !["help", "version"].contains($0) })
        }
    }

    @Test("include a manual that has every command with every option")
    func manual() throws {
        let page = try read("etc/man/dockmaster.1")
        let sections = page.split(separator: "\n.Ss ").map(String.init)
        let commands = try commands()
        #expect(commands.count > 20)
        for command in commands {
            guard let section = sections.first(where: { $0.hasPrefix("\(command.name)\n") }) else {
                Issue.record("the manual has no section for \(command.name); run make docs")
                continue
            }
            for option in command.options {
                #expect(
                    section.contains("Fl -\(option)"), "\(command.name) --\(option) is not in the manual; run make docs"
                )
            }
        }
    }

    @Test("include a manual that man and mandoc take without a warning")
    func manualIsWellFormed() throws {
        let page = "\(Self.root)/etc/man/dockmaster.1"
        let groff = try output(["/usr/bin/groff", "-man", "-mdoc", "-ww", "-z", "-Tutf8", page])
        #expect(groff.status == .code(0) && groff.text.isEmpty, "\(groff.text)")
        let mandoc = try output(["/usr/bin/mandoc", "-Tlint", "-Wwarning", page])
        #expect(mandoc.status == .code(0), "\(mandoc.text)")
    }

    @Test(
        "include completions that are those of the program",
        arguments: [("bash", "dockmaster.bash"), ("zsh", "_dockmaster"), ("fish", "dockmaster.fish")])
    func completions(shell: String, file: String) throws {
        let generated = try output([BinaryRun.binary, "--generate-completion-script", shell])
        #expect(generated.text == (try read("etc/completions/\(file)")), "run make docs")
        let path = "\(Self.root)/etc/completions/\(file)"
        let check = try output(["/usr/bin/env", shell, shell == "fish" ? "--no-execute" : "-n", path])
        #expect(check.status == .code(0), "\(check.text)")
    }

    @Test("complete commands, options and the names of watchers in bash")
    func bash() throws {
        let folder = try ScenarioFolder()
        // What completes names asks the program of that name for them.
        let script = """
            dockmaster() { printf 'web\\nworker\\n'; }
            source etc/completions/dockmaster.bash
            complete_line() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
                _dockmaster "$1" "${!#}" "${COMP_WORDS[COMP_CWORD-1]}" 2>&1; printf '%s ' "${COMPREPLY[@]}"; echo
            }
            complete_line dockmaster res
            complete_line dockmaster stop --wa
            complete_line dockmaster stop w
            """
        let path = "\(folder.path)/complete.bash"
        let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT)
        #expect(write(file.number, script, script.utf8.count) == script.utf8.count)
        let lines = try output(["/bin/bash", path]).text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count >= 3, "\(lines)")
        #expect(lines.first?.contains("restart") == true, "\(lines)")
        #expect(lines.dropFirst().first?.contains("--wait") == true, "\(lines)")
        #expect(lines.dropFirst(2).first?.contains("web worker") == true, "\(lines)")
    }
}
