internal import ArgumentParser

/// `dockmaster user`: users of the auth worker's embedded database.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users beside those of the configuration file.",
        discussion: """
            They are kept in the auth worker's own database, at once and without a reload. The configuration file's users come \
            first. Passwords are asked for, or read as a line of standard input.
            """,
        subcommands: [
            Add.self, Password.self, Remove.self, Logout.self,
            List.self,
        ])
}

extension UserCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a user.")

        @Argument(help: "The name to sign in with.")
        var name: String
        @Option(help: "A label for the access list: group=web,dev. May come several times.")
        var label: [LabelArgument] = []
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let caller = try AuthCaller(control)
                let answer = try caller.post(
                    "/v1/users",
                    [
                        ("name", .string(name)), ("password", .string(try PasswordPrompt.read(for: name))),
                        ("labels", LabelArgument.json(label)),
                    ])
                Output.print(control.json ? answer.text + "\n" : "added user \(name)\n")
            }
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "passwd", abstract: "Give a user another password; its logins end.")

        @Argument(help: "The user.")
        var name: String
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).post(
                    "/v1/users/password",
                    [("name", .string(name)), ("password", .string(try PasswordPrompt.read(for: name)))])
                Output.print(control.json ? answer.text + "\n" : "\(name) has another password\n")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a user, with its keys and logins.")

        @Argument(help: "The user.")
        var name: String
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).post("/v1/users/remove", [("name", .string(name))])
                Output.print(control.json ? answer.text + "\n" : "removed user \(name)\n")
            }
        }
    }

    struct Logout: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logout", abstract: "End all logins (refresh tokens) of an account, of whatever back-end.")

        @Argument(help: "The account.")
        var name: String
        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).post("/v1/users/logout", [("name", .string(name))])
                let count = answer["refresh_tokens"].integer ?? 0
                Output.print(control.json ? answer.text + "\n" : "ended \(count) login(s) of \(name)\n")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List users of the file and of the database.")

        @OptionGroup var control: ControlArguments

        func run() throws {
            try calling { () throws(CallFailure) in
                let answer = try AuthCaller(control).get("/v1/users")
                guard !control.json else { return Output.print(answer) }
                var table = TextTable(["USER", "FROM", "LABELS"])
                for user in answer["users"].values {
                    let name = user["name"].string ?? ""
                    table.rows.append([
                        TextTable.Cell(name.isEmpty ? "(anonymous)" : name),
                        TextTable.Cell(user["origin"].string ?? ""),
                        TextTable.Cell(user["labels"].string ?? ""),
                    ])
                }
                Output.print(table)
            }
        }
    }
}
