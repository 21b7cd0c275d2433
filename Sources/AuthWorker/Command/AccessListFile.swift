internal import BundleConfig

/// The access list of a configuration file, and what its users are labelled, read without its keys and certificates.
struct AccessListFile {
    let list: AccessList
    let warnings: [ConfigurationError]
    private let users: [(name: String, user: StaticUser)]

    init(_ path: String) throws(ConfigurationErrors) {
        let root = try Self.document(path)
        var reading = ConfigurationReading()
        guard let node = root.isSequence ? root : root["acl"], !node.isNull else {
            throw ConfigurationErrors([root.refused("names no access list", remedy: "Add acl: […]")])
        }
        list = AccessList(node, reading: &reading)
        var users: [(name: String, user: StaticUser)] = []
        let warnings = reading.warnings
        for entry in reading.attempt({ () throws(ConfigurationError) in try root["users"]?.mapping() }) ?? [] {
            if let user = StaticUser(entry.value, reading: &reading) { users.append((entry.key, user)) }
        }
        self.users = users
        self.warnings = warnings
        try reading.finish()
    }

    /// The labels that the file gives an account; none for one that it does not name.
    func labels(of account: String) -> Labels {
        users.last { $0.name.utf8.elementsEqual(account.utf8) }?.user.labels ?? .none
    }

    /// One scope of an account, as the token end-point would ask for it.
    func request(
        account: String, scope text: String, address: IPAddress?, service: String, labels: Labels?
    ) throws(BadRequest) -> AccessRequest {
        let scope = try ScopeRequest(text)
        return AccessRequest(
            account: account, type: scope.type, name: scope.name, service: service, address: address,
            actions: scope.actions, labels: labels ?? self.labels(of: account))
    }

    static func document(_ path: String) throws(ConfigurationErrors) -> ConfigurationNode {
        do {
            return try ConfigurationNode.parse(try TextFile.read(path), file: path)
        } catch let problem as TextFile.Problem {
            throw ConfigurationErrors([ConfigurationError(key: "", problem: problem.problem, remedy: problem.remedy)])
        } catch let error as ConfigurationError {
            throw ConfigurationErrors([error])
        } catch {
            throw ConfigurationErrors([
                ConfigurationError(file: path, key: "", problem: "cannot be read", remedy: "Check the file")
            ])
        }
    }
}
