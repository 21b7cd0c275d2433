internal import BundleConfig
internal import Supervision

/// What a person needs to know once everything is ready: the address, the user, the login line, how docker trusts it.
struct ReadinessBanner {
    let text: String

    init(_ configuration: BundleConfiguration) {
        guard configuration.startsBundle else {
            let names = configuration.watchers.map(\.name)
            let shown =
                names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            text = "  Running \(shown). See: dockmaster status --run \(configuration.run)\n"
            return
        }
        let authority = configuration.authority
        var lines = ["", "  Dockmaster is ready at https://\(authority)/"]
        if let user = configuration.adminUser, let file = configuration.adminPasswordFile {
            lines.append("  User \(user), password in \(file)")
        } else if let user = configuration.adminUser {
            lines.append("  User \(user)")
        }
        if let authorityFile = configuration.certificateAuthority {
            let folder = "/etc/docker/certs.d/\(authority)"
            lines.append("  Let docker trust it:  sudo mkdir -p \(folder) && sudo cp \(authorityFile) \(folder)/ca.crt")
        }
        let user = configuration.adminUser.map { " -u \($0)" } ?? ""
        if let file = configuration.adminPasswordFile {
            lines.append("  Log in:               sudo cat \(file) | docker login\(user) --password-stdin \(authority)")
        } else {
            lines.append("  Log in:               docker login\(user) \(authority)")
        }
        lines.append("  Stop with ^C.")
        lines.append("")
        text = lines.joined(separator: "\n") + "\n"
    }
}
