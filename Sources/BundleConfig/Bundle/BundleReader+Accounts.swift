// Users, access list, and the secrecy of the file they stand in.

extension BundleReader {
    /// The other ways to know an account, docker_auth's and ours; with one of them `users` may be left out.
    static let otherBackends = [
        "ci_auth", "htpasswd_auth", "ext_auth", "google_auth", "github_auth", "oidc_auth", "gitlab_auth", "ldap_auth",
        "mongo_auth", "xorm_auth", "plugin_authn",
    ]
    static let otherAccess = ["acl_mongo", "acl_xorm", "ext_authz", "plugin_authz", "casbin_authz"]

    private mutating func allowAnonymous() -> Bool {
        (problems.attempt { try document.bool("allow_anonymous") } ?? nil) ?? false
    }

    /// Users of the short form, with those of `auth.users` laid over them.
    mutating func readUsers(data: String, auth: ConfigurationNode) -> UserReader {
        var reader = UserReader(
            data: data, allowAnonymous: allowAnonymous(), anonymousRemedy: anonymousRemedy)
        let users = [document["users"], auth["users"]].compactMap(\.self)
        for node in users where !node.isNull && !node.isMapping {
            problems.attempt { _ = try node.mapping() }
            return reader
        }
        reader.read(users.reduce(.null) { $0.merging($1) })
        problems.add(reader.problems.errors)
        let hasOther = (Self.otherBackends + ["client_certificates"]).contains { auth[$0]?.isNull == false }
        if reader.accounts.isEmpty, reader.problems.errors.isEmpty, !hasOther {
            let place = users.first ?? ConfigurationNode(.null, path: "users", file: source.file)
            problems.add([
                place.refused(
                    users.isEmpty
                        ? "is absent, so that nobody could sign in" : "names nobody, so that nobody could sign in",
                    remedy: "Add one, such as users: {admin: {password: …}}")
            ])
        }
        return reader
    }

    mutating func readAccessList(auth: ConfigurationNode) -> ConfigurationNode {
        let given = auth["acl"] ?? document["acl"]
        guard let list = given, !list.isNull else {
            if !Self.otherAccess.contains(where: { auth[$0]?.isNull == false }) {
                problems.add([
                    (given ?? ConfigurationNode(.null, path: "acl", file: source.file)).refused(
                        "is absent, so that nobody could do anything",
                        remedy: "Add one, such as acl: [{match: {account: admin}, actions: [\"*\"]}]")
                ])
            }
            return .list([])
        }
        let check = AccessListCheck(allowAnonymous: allowAnonymous(), anonymousRemedy: anonymousRemedy)
        problems.add(check.problems(in: list))
        if list.isSequence, (try? list.sequence().isEmpty) == true {
            warnings.append(list.refused("is empty: nobody may do anything", remedy: "Add an entry"))
        }
        return list
    }

    /// A file with secrets in plain text that others can read is refused.
    ///
    /// The old image wrote its pillar so: there it is a warning.
    mutating func checkSecrecy(plain: ConfigurationNode?) {
        guard let mode = source.wideMode, let file = source.file else { return }
        let key = document["ssl_key"].flatMap { node in
            (try? node.string())?.contains("PRIVATE KEY") == true ? node : nil
        }
        let external = document["tls"]?["acme"]?["eab"]?.present("hmac_key")
        guard let secret = key ?? plain ?? external else { return }
        let error = secret.refused(
            "is a secret in plain text, in a file that others can read (mode \(mode))", remedy: "Run chmod 600 \(file)")
        if source.isPillar { warnings.append(error) } else { problems.add([error]) }
    }
}
