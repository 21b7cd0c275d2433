internal import ArgumentParser
internal import BundleConfig
internal import TextFormats

/// `dockmaster key`: API keys for robots.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys for robots: less than their owner may do, for a time.",
        discussion: """
            A key is used in the place of its owner's password: docker login -u OWNER. What the access list lets the owner do \
            is narrowed by the key's repositories and actions.
            """,
        subcommands: [Add.self, List.self, Revoke.self])
}

extension KeyCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Make a key and show it, this once.")

        @Argument(help: "The user that the key stands for.")
        var owner: String
        @Argument(help: "What the key is called, such as ci.")
        var name: String
        @Option(help: "A pattern of repositories (team/*, /^team-.+$/). May come several times; without one, all.")
        var repository: [String] = []
        @Option(help: "What it may do: pull,push. Without it, all that the owner may.")
        var actions: String?
        @Option(help: "When it ends: 90d, 12h. Without it, never.")
        var expires: String?
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                if let actions, actions.split(separator: ",").isEmpty {
                    throw CallFailure(.usage, "--actions is empty; write pull,push, or leave it out for all")
                }
                var body: [(String, JSONValue)] = [
                    ("owner", .string(owner)), ("name", .string(name)),
                    ("repositories", .array(repository.map { .string($0) })),
                    ("actions", .array((actions ?? "").split(separator: ",").map { .string(String($0)) })),
                ]
                if let expires {
                    guard let duration = DurationText.parse(expires), duration >= .seconds(1) else {
                        throw CallFailure(.usage, "--expires \(expires) is no time; write 90d or 12h")
                    }
                    body.append(("expires_in", .integer(Int(duration.components.seconds))))
                }
                let answer = try AuthCaller(control).post("/v1/keys", body)
                Output.print(control.json ? answer.text + "\n" : (answer["key"].string ?? "") + "\n")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List keys, never the secrets.")

        @Argument(help: "One owner's only.")
        var owner: String?
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).get("/v1/keys", owner.map { [("owner", $0)] } ?? [])
                guard !control.json else { return Output.print(answer) }
                var table = TextTable(["OWNER", "KEY", "REPOSITORIES", "ACTIONS", "EXPIRES", "LAST USED"])
                for key in answer["keys"].values {
                    let text = { (name: String, absent: String) in
                        let text = key[name].string ?? ""
                        return TextTable.Cell(text.isEmpty ? absent : text)
                    }
                    let time = { (name: String, absent: String) in
                        TextTable.Cell(key[name].integer.map { UTCTime(seconds: $0).rfc3339 } ?? absent)
                    }
                    table.rows.append([
                        text("owner", ""), text("name", ""), text("repositories", "all"), text("actions", "all"),
                        time("expires", "never"), time("used", "never"),
                    ])
                }
                Output.print(table)
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "End a key, and the logins that were made with it.")

        @Argument(help: "The key's owner.")
        var owner: String
        @Argument(help: "The key's name.")
        var name: String
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).post(
                    "/v1/keys/revoke", [("owner", .string(owner)), ("name", .string(name))])
                Output.print(control.json ? answer.text + "\n" : "revoked the key \(name) of \(owner)\n")
            }
        }
    }
}
