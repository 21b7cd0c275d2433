/// The servers that a suite's people are known to: slapd, PostgreSQL and an OpenID Connect issuer, on free ports.
struct SignInServers: Sendable {
    let folder: TestFolder
    let directoryPort: Int
    let databasePort: Int
    let issuer: SignInIssuer

    private static let tools = TestFolder.shared + "/tools"

    /// `123` at cost 5.
    static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
    /// docker_auth's table, as both databases take it.
    private static func users(_ name: String) -> String {
        """
        CREATE TABLE xorm_user (id INTEGER, username VARCHAR(128) NOT NULL, password_hash VARCHAR(128) NOT NULL, labels JSON);
        INSERT INTO xorm_user VALUES (1, '\(name)', '\(hash)', NULL);
        """
    }

    var directoryAuthority: String { folder.path + "/ldap/tls/ca.pem" }
    var sqliteFile: String { folder.path + "/users.db" }
    var postgres: String { "postgres://app:secret@127.0.0.1:\(databasePort)/postgres?sslmode=disable" }

    /// Runs `body` beside the servers: the directory knows alice (alicepw) and bob, SQLite `sqlite` and PostgreSQL `postgres`
    /// (both 123).
    static func with(_ body: (SignInServers) async throws -> Void) async throws {
        try Shell.require("slapd", "ldapadd", "python3", "setpriv")
        let folder = try TestFolder(named: "servers")
        let ports = FreePort.some(4)
        let directory = [
            "LDAP_DIR": folder.path + "/ldap", "LDAP_PORT": "\(ports[0])", "LDAPS_PORT": "\(ports[1])",
        ]
        let database = ["PG_DIR": folder.path + "/pg", "PG_PORT": "\(ports[2])"]
        // They outlive the scripts that start them, and are ended by their pids, also when one of them did not start.
        func end() async throws {
            _ = try await Shell.run(
                """
                [ ! -e \(folder.path)/ldap/slapd.pid ] || kill -KILL $(cat \(folder.path)/ldap/slapd.pid)
                [ ! -e \(folder.path)/pg/postmaster.pid ] || kill -QUIT $(head -1 \(folder.path)/pg/postmaster.pid)
                while [ -e \(folder.path)/pg/postmaster.pid ]; do sleep 0.05; done
                """, within: .seconds(20))
        }
        do {
            try await Shell.check("setsid \(tools)/postgres.sh start", environment: database, within: .seconds(90))
            try await Shell.check("setsid \(tools)/ldap.sh start", environment: directory, within: .seconds(60))
            try await Shell.check("printf readerpw >\(folder.path)/reader; chmod 600 \(folder.path)/reader")
            let servers = SignInServers(
                folder: folder, directoryPort: ports[0], databasePort: ports[2],
                issuer: try await .start(port: ports[3], in: folder))
            try await servers.fill()
            do {
                try await body(servers)
            } catch {
                await servers.issuer.stop()
                throw error
            }
            await servers.issuer.stop()
        } catch {
            try await end()
            throw error
        }
        try await end()
        folder.remove()
    }

    private func fill() async throws {
        let first = try folder.write("sqlite.sql", Self.users("sqlite"))
        let second = try folder.write("postgres.sql", Self.users("postgres"))
        try await Shell.check(
            """
            python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())' \(sqliteFile) <\(first)
            /usr/lib/postgresql/15/bin/psql -q -h 127.0.0.1 -p \(databasePort) -U app -d postgres -v ON_ERROR_STOP=1 <\(second)
            """, environment: ["PGPASSWORD": "secret"])
    }

    func stopDirectory() async throws {
        try await Shell.check(
            "p=$(cat \(folder.path)/ldap/slapd.pid); kill -KILL $p; while kill -0 $p 2>/dev/null; do sleep 0.02; done")
    }

    /// `ldap_auth` as alice's employer would write it, in one line.
    var directorySection: String {
        """
        {addr: "127.0.0.1:\(directoryPort)", tls: starttls, ca_certificate: \(directoryAuthority), \
        base: "dc=example,dc=org", filter: "(&(uid=${account})(objectClass=person))", \
        bind_dn: "cn=reader,dc=example,dc=org", bind_password_file: \(folder.path)/reader, timeout: 30s}
        """
    }
}
