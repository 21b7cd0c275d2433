import Foundation
import Testing

@testable import AuthWorker

@Suite("An LDAP directory", .serialized, .timeLimit(.minutes(5)))
struct DirectoryBackendTests {
    private let files: BackendFolder
    private let folder = "\(NSTemporaryDirectory())dockmaster-ldap-\(getpid())"
    private let port = 24_000 + Int(getpid()) % 2_900
    private var securePort: Int { port + 3_000 }
    private var tool: [String: String] {
        ["LDAP_DIR": folder, "LDAP_PORT": "\(port)", "LDAPS_PORT": "\(securePort)"]
    }

    init() throws { files = try BackendFolder() }

    private func state(_ more: String, address: String? = nil, reader: Bool = true) throws -> AuthState {
        let password = try files.write("password", "readerpw\n")
        let bind =
            reader ? "bind_dn: \"cn=reader,dc=example,dc=org\", bind_password_file: \(password), " : ""
        return try BackendFolder.state(
            """
            users: {local: {}}
            ldap_auth: {addr: \(address ?? "127.0.0.1:\(port)"), base: "dc=example,dc=org", \(bind)\
            filter: "(&(uid=${account})(objectClass=person))", \(more)}
            acl: []
            """)
    }

    private func signal(_ name: String) async throws {
        try await ServerTool.shell("kill -\(name) $(cat \(folder)/slapd.pid)")
    }

    private func isOutage(_ state: AuthState) async -> Bool {
        guard case .failed(let failure) = await state.signIn("alice", "alicepw") else { return false }
        return failure.isOutage && !failure.problem.contains("alicepw")
    }

    @Test("signs in by search and bind, in the clear and with TLS; stopped or hung it is an outage until it is back")
    func server() async throws {
        try await ServerTool.run("ldap.sh", "start", tool)
        // Whoever binds as the user searches with the user's rights.
        try await ServerTool.shell(
            """
            cd \(folder); sed -i 's/ by self read by anonymous auth by [*] none/ by users read by anonymous auth/' slapd.conf
            p=$(cat slapd.pid); kill -KILL $p; while kill -0 $p; do sleep 0.02; done
            slapd -f slapd.conf -h "ldap://127.0.0.1:\(port)/ ldaps://127.0.0.1:\(securePort)/"
            """)
        do {
            try await passwords()
            try await security()
            try await labels()
            try await outages()
        } catch {
            try await end()
            throw error
        }
        try await end()
    }

    private func end() async throws {
        try await signal("CONT")
        try await signal("KILL")
        try await ServerTool.shell("rm -rf \(folder)")
    }

    private func passwords() async throws {
        let first = try state("")
        try await ServerTool.wait { await first.signIn("alice", "alicepw") == .signedIn(labels: .none) }
        let odd = "b0b p*ss)w\\rd"
        let user = "uid=${account},ou=people,dc=example,dc=org"
        for (state, strangers) in [
            (try state(""), SignInOutcome.unknownAccount),
            (
                try state("initial_bind_as_user: true, bind_dn: \"\(user)\"", reader: false),
                SignInOutcome.wrongPassword
            ),
        ] {
            for _ in 0..<3 {
                #expect(await state.signIn("alice", "alicepw") == .signedIn(labels: .none))
                #expect(await state.signIn("alice", "wrong") == .wrongPassword)
                #expect(await state.signIn("bob", odd) == .signedIn(labels: .none))
            }
            // RFC 4513, 5.1.2: slapd says yes to an empty password.
            #expect(await state.signIn("alice", "") == .wrongPassword)
            for account in ["ghost", "*", "ali*", "alice)(uid=*", "alice,ou=x", "\\61lice", "al\nice"] {
                #expect(await state.signIn(account, "alicepw") == strangers, "\(account)")
            }
            // The directory knows these, too; here they would be accounts with other rights.
            for spelling in ["ALICE", "Alice", " alice", "alice "] {
                #expect(await state.signIn(spelling, "alicepw") == .unknownAccount, "\(spelling)")
            }
            #expect(await state.signIn("", "") == .unknownAccount)
            #expect(await state.signIn("alice\u{0}", "alicepw") == .unknownAccount)
            #expect(await state.signIn("local", "any") == .signedIn(labels: .none))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask { #expect(await state.signIn("alice", "alicepw") == .signedIn(labels: .none)) }
                }
            }
        }
        try files.write("password", "wrong")
        let state = try BackendFolder.state(
            """
            ldap_auth: {addr: "127.0.0.1:\(port)", base: "dc=example,dc=org", filter: "(uid=${account})", \
            bind_dn: "cn=reader,dc=example,dc=org", bind_password_file: \(files.path)/password}
            acl: []
            """)
        guard case .failed(let failure) = await state.signIn("alice", "alicepw") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(!failure.isOutage && failure.problem.contains("bind_dn") && !failure.problem.contains("wrong,"))
    }

    private func security() async throws {
        let authority = "ca_certificate: \(folder)/tls/ca.pem"
        let secure = "127.0.0.1:\(securePort)"
        for state in [
            try state("tls: starttls, \(authority)"), try state("tls: always, \(authority)", address: secure),
            try state("tls: starttls, insecure_tls_skip_verify: true"),
            try state("tls: always, insecure_tls_skip_verify: true", address: "localhost:\(securePort)"),
        ] {
            #expect(await state.signIn("alice", "alicepw") == .signedIn(labels: .none))
            #expect(await state.signIn("alice", "wrong") == .wrongPassword)
        }
        // Nobody whom the system trusts has signed it.
        for state in [
            try state("tls: starttls"), try state("tls: always", address: secure),
        ] {
            #expect(await isOutage(state))
        }
    }

    private func labels() async throws {
        let state = try state(
            """
            labels: {mail: {attribute: mail}, Groups: {attribute: memberOf, parse_cn: true, lower_case: true}}, \
            group_filter: "(&(objectClass=groupOfNames)(member=${dn}))", group_label: teams
            """)
        #expect(
            await state.signIn("alice", "alicepw")
                == .signedIn(
                    labels: Labels([
                        ("mail", ["alice@example.org"]), ("Groups", ["pushers"]), ("teams", ["pushers"]),
                    ])))
        #expect(
            await state.signIn("bob", "b0b p*ss)w\\rd")
                == .signedIn(labels: Labels([("mail", ["bob@example.org"]), ("Groups", []), ("teams", [])])))
    }

    private func outages() async throws {
        let state = try state("timeout: 2s")
        // Nobody listens at the first: the second is asked at once.
        // libldap's handshake knows no time-out of its own.
        let hung = [
            try self.state("tls: always, timeout: 2s", address: "127.0.0.1:\(securePort)"),
            try self.state("tls: starttls, timeout: 2s"),
        ]
        let pair = try self.state("timeout: 10s", address: "[\"127.0.0.1:1\", \"127.0.0.1:\(port)\"]")
        for state in [state, pair] {
            #expect(await state.signIn("alice", "alicepw") == .signedIn(labels: .none))
        }
        try await signal("STOP")
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { #expect(await isOutage(state)) } }
            for state in hung { group.addTask { #expect(await isOutage(state)) } }
            group.addTask { #expect(await state.signIn("local", "any") == .signedIn(labels: .none)) }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        try await signal("CONT")
        try await ServerTool.wait { await state.signIn("alice", "alicepw") == .signedIn(labels: .none) }

        try await signal("KILL")
        try await ServerTool.wait { await isOutage(state) }
        #expect(await isOutage(pair))
        #expect(await state.signIn("local", "any") == .signedIn(labels: .none))
        try await ServerTool.run("ldap.sh", "start", tool)
        for state in [state, pair] {
            try await ServerTool.wait { await state.signIn("alice", "alicepw") == .signedIn(labels: .none) }
        }
    }

    @Test(
        "that forbids a sign-in is as one with a wrong password: the account is locked, or its password has expired",
        arguments: [19, 53])
    func forbids(code: Int) async throws {
        // A directory that says so to every bind: LDAPMessage { 1, BindResponse { resultCode } }.
        let script = try files.write(
            "directory.py",
            """
            import socket, sys
            server = socket.create_server(("127.0.0.1", 0))
            open(sys.argv[1], "w").write(str(server.getsockname()[1]))
            while True:
                peer, _ = server.accept()
                peer.recv(4096)
                peer.sendall(bytes([0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, \(code), 4, 0, 4, 0]))
                peer.recv(4096)
                peer.close()
            """)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script, "\(files.path)/port"]
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        try await ServerTool.wait { !files.text("port").isEmpty }
        let state = try BackendFolder.state(
            """
            users: {local: {}}
            ldap_auth: {addr: "127.0.0.1:\(files.text("port"))", base: "o=x", filter: "(uid=${account})", \
            bind_dn: "uid=${account},o=x", initial_bind_as_user: true, timeout: 30s}
            acl: []
            """)
        #expect(await state.signIn("alice", "alicepw") == .wrongPassword)
    }

    @Test("escapes accounts for filters and names, and takes the CN of a name")
    func escaping() {
        #expect(DirectoryEscaping.filter("a*b(c)d\\e\u{0}é") == "a\\2ab\\28c\\29d\\5ce\\00\\c3\\a9")
        #expect(DirectoryEscaping.name(" a,b+c=\"d\"#;<>\\") == "\\20a\\2cb\\2bc\\3d\\22d\\22\\23\\3b\\3c\\3e\\5c")
        #expect(DirectoryEscaping.commonName("CN=Web\\, Dev\\c3\\a9,OU=x") == "Web, Devé")
        #expect(DirectoryEscaping.commonName("ou=x,cn=web,cn=y") == "web")
        #expect(DirectoryEscaping.commonName("ou=x") == nil)
    }

    @Test("with a key that opens a door or closes all is refused or warned of")
    func configuration() throws {
        func problems(_ text: String) -> String { BackendFolder.problems("acl: []\nldap_auth: {\(text)}") }
        #expect(problems("addr: \"ldaps://a\", base: x, filter: \"(uid=${account})\"").contains("Write tls: always"))
        let filter = "filter: \"(uid=${account})\""
        #expect(problems("").contains("names no server"))
        #expect(problems("addr: x").contains("does not ask for the account"))
        #expect(problems("addr: x, filter: \"(uid=x)\"").contains("does not ask for the account"))
        #expect(problems("addr: x, \(filter)").contains("in the clear"))
        #expect(problems("addr: x, \(filter), tls: always") == "")
        #expect(problems("addr: x, \(filter), tls: sometimes").contains("starttls or always"))
        #expect(
            problems("addr: x, \(filter), tls: always, insecure_tls_skip_verify: true").contains("read all passwords"))
        #expect(problems("addr: x, \(filter), ca_certificate: /no").contains("cannot read"))
        #expect(problems("addr: x, \(filter), bind_dn: y").contains("has no bind_password_file"))
        let wide = try files.write("wide", "pw", mode: 0o644)
        #expect(problems("addr: x, \(filter), bind_dn: y, bind_password_file: \(wide)").contains("chmod 600"))
        #expect(problems("addr: x, \(filter), initial_bind_as_user: true").contains("has no bind_dn"))
        #expect(problems("addr: x, \(filter), initial_bind_as_user: true, bind_dn: y").contains("name the account"))
        #expect(problems("addr: x, \(filter), group_filter: \"(cn=*)\"").contains("in every group"))
    }
}
