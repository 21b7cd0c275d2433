/// A bundle's configuration with every back-end, each of which knows one account, and the files that they need.
struct LoginSections {
    enum Database { case sqlite, postgres }

    let folder: TestFolder
    private let servers: SignInServers
    private let httpsPort: Int

    init(_ servers: SignInServers, httpsPort: Int) throws {
        folder = try TestFolder(named: "sections")
        self.servers = servers
        self.httpsPort = httpsPort
        try folder.write("htpasswd", "filed:\(SignInServers.hash)\n")
        // Interpreted, and so never "text file busy" while another process of the tests is being started.
        try folder.write(
            "sign-in",
            """
            read -r line
            case "$line" in
            "commanded by command") exit 0;;
            "commanded "*) exit 1;;
            *) exit 2;;
            esac
            """)
        try folder.write(
            "plugin",
            """
            while read -r line; do
                case "$line" in
                '{"user":"plugged","password":"by \\"plugin\\""}') echo '{"result": "allowed"}';;
                '{"user":"plugged",'*) echo '{"result": "denied"}';;
                *) echo '{"result": "no_match"}';;
                esac
            done
            """)
    }

    /// The whole dockmaster.yaml. Limits are generous: others work on the machine as well.
    func text(database: Database) -> String {
        let (kind, place) =
            switch database {
            case .sqlite: ("sqlite3", servers.sqliteFile)
            case .postgres: ("postgres", servers.postgres)
            }
        return """
            domain: localhost
            users:
              admin: {password: "\(RunningBundle.adminPassword)"}
            acl:
              - {match: {account: admin}, actions: ["*"]}
              - {match: {account: "/.+/", name: "team/*"}, actions: [pull]}
            auth:
              ci_auth:
                - issuer: \(servers.issuer.url)
                  audience: registry.example
                  claims: {project: "team-*"}
                  account: "ci-${claim:project}"
                  timeout: 30s
              htpasswd_auth: {path: \(folder.path)/htpasswd}
              ext_auth: {command: /bin/sh, args: [\(folder.path)/sign-in], timeout: 30s}
              oidc_auth:
                issuer: \(servers.issuer.url)
                redirect_url: https://localhost:\(httpsPort)/authserver/oidc_auth
                client_id: docker
                client_secret: secret
                registry_url: localhost:\(httpsPort)
                http_timeout: 30s
              ldap_auth: \(servers.directorySection)
              xorm_auth: {database_type: \(kind), conn_string: "\(place)", timeout: 30s}
              plugin_authn: {command: /bin/sh, args: [\(folder.path)/plugin], timeout: 30s}
            """
    }
}
