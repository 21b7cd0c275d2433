/// Reads `users:` and refuses what would let the wrong people in.
struct UserReader {
    let allowAnonymous: Bool
    /// The data folder: password files are named relative to it.
    let data: String
    /// How a pillar or a bundle file lets anonymous in on purpose.
    let anonymousRemedy: String

    private(set) var accounts: [UserAccount] = []
    let problems = ConfigurationProblems()
    /// Whether the file holds a password in plain text: the first such node.
    private(set) var firstPlain: ConfigurationNode?

    init(data: String, allowAnonymous: Bool, anonymousRemedy: String) {
        self.data = data
        self.allowAnonymous = allowAnonymous
        self.anonymousRemedy = anonymousRemedy
    }

    mutating func read(_ users: ConfigurationNode) {
        guard let entries = problems.attempt({ try users.mapping() }) else { return }
        for (name, node) in entries {
            if let account = problems.attempt({ try account(name, node) }) ?? nil { accounts.append(account) }
        }
    }

    private mutating func account(_ name: String, _ node: ConfigurationNode) throws -> UserAccount? {
        guard !name.contains(":") else {
            throw node.refused("has a colon in its name, which no client can send", remedy: "Rename the user")
        }
        guard node.isMapping || node.isNull else {
            throw node.refused(
                "must be a mapping, but is \(node.kind)", remedy: "Write it as `\(name): {password: …}`")
        }
        problems.add(node.unknownKeys(["password", "password_file", "labels"]))
        let labels = try labels(node["labels"])
        if name.isEmpty {
            guard allowAnonymous else {
                throw node.refused("would let anyone in without signing in (the user \"\")", remedy: anonymousRemedy)
            }
            return UserAccount(name: name, password: .none, labels: labels)
        }
        return UserAccount(name: name, password: try password(of: node), labels: labels)
    }

    private mutating func password(of node: ConfigurationNode) throws -> UserAccount.Password {
        let given = node["password"]
        if let file = node["password_file"], !file.isNull {
            guard given == nil else {
                throw file.refused("stands beside a password", remedy: "Keep one of the two")
            }
            return try fromFile(file)
        }
        guard let given else {
            guard allowAnonymous else {
                throw node.refused("has no password, so that any password would let it in", remedy: anonymousRemedy)
            }
            return .none
        }
        guard !given.isNull else {
            throw given.refused("is empty", remedy: "Give it a password or remove the user")
        }
        let secret = Secret(Self.withoutLastLineBreak(try given.string()))
        switch PasswordShape(secret) {
        case .plain:
            firstPlain = firstPlain ?? given
            return .plain(secret)
        case .hash: return .hash(secret.reveal())
        case .refused(let problem, let remedy): throw given.refused(problem, remedy: remedy)
        }
    }

    /// A literal block (`|`) ends with a line break that nobody means.
    private static func withoutLastLineBreak(_ text: String) -> String {
        guard let last = text.last, last.isNewline else { return text }
        return String(text.dropLast())
    }

    private func fromFile(_ node: ConfigurationNode) throws -> UserAccount.Password {
        let path = FilePath.absolute(try node.string(), from: data)
        guard PrivateFile.exists(path) else {
            guard FilePath.lies(path, below: data + "/configuration") else {
                throw node.refused(
                    "names \(path), which is not there",
                    remedy: "Make it with mode 0600; one below \(data)/configuration is made on first start")
            }
            return .file(path)
        }
        if let mode = PrivateFile.wideMode(path) {
            throw node.refused("names \(path), which others can read (mode \(mode))", remedy: "Run chmod 600 \(path)")
        }
        let secret: Secret
        do {
            secret = try GeneratedPassword.read(path)
        } catch {
            throw error.at(node)
        }
        if case .refused(let problem, let remedy) = PasswordShape(secret) {
            throw node.refused("names \(path), whose password \(problem)", remedy: remedy)
        }
        return .file(path)
    }

    private func labels(_ node: ConfigurationNode?) throws -> ConfigurationNode? {
        guard let node, !node.isNull else { return nil }
        for (_, values) in try node.mapping() { _ = try values.strings() }
        return node
    }
}
