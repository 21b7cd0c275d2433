import Foundation
import Testing

extension WholeBundle {
    @Suite("With a scanner of TLS", .serialized)
    struct TLSScanTests {
        @Test("sslscan finds TLS 1.2 and 1.3, ECDHE with AEAD, no renegotiation, no heartbleed")
        func scan() async throws {
            try Shell.require("sslscan")
            try await withBundle { bundle in
                let scan = try await Shell.check(
                    "sslscan --no-colour --sni-name=localhost 127.0.0.1:\(bundle.httpsPort)", within: .seconds(120))
                let lines = Set(
                    scan.output.split(separator: "\n").map { line in
                        line.split(separator: " ").joined(separator: " ")
                    })
                for expected in [
                    "SSLv2 disabled", "SSLv3 disabled", "TLSv1.0 disabled", "TLSv1.1 disabled", "TLSv1.2 enabled",
                    "TLSv1.3 enabled", "Server supports TLS Fallback SCSV", "Session renegotiation not supported",
                    "TLSv1.2 not vulnerable to heartbleed", "TLSv1.3 not vulnerable to heartbleed",
                    "ECC Curve Name: prime256v1", "Subject: localhost", "Issuer: Dockmaster CA of localhost",
                ] {
                    #expect(lines.contains(expected), "no line “\(expected)”: \(scan)")
                }
                let ciphers = lines.filter { $0.hasPrefix("Accepted ") || $0.hasPrefix("Preferred ") }
                #expect(ciphers.count == 6, "\(scan)")
                for cipher in ciphers {
                    let isRight = cipher.contains(
                        #/ TLSv1\.3 .* TLS_(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA(256|384) Curve /#)
                    let isRightOld = cipher.contains(
                        #/ TLSv1\.2 .* ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305) Curve /#)
                    #expect(isRight || isRightOld, "\(cipher)")
                }
                #expect(!scan.output.contains(/RC4|DES|NULL|EXP|anon|weak/), "\(scan)")
            }
        }

        /// What testssl.sh finds that is no fault, each with its reason.
        private static let tolerated = [
            // Of the tool's own environment: Debian's openssl has no GOST.
            "engine_problem",
            // The client's order: all six suites are equally strong, and a client without AES in hardware is right to choose
            // ChaCha20 (Mozilla's guideline "intermediate"). NIOSSL has no option for the server's.
            "cipher_order",
            // The bundle's own authority is private: it publishes neither a revocation list nor OCSP.
            "cert_revocation",
        ]

        @Test("testssl.sh finds nothing of severity LOW or worse but what a private authority lacks")
        func testssl() async throws {
            try Shell.require("testssl")
            try await withBundle { bundle in
                let report = bundle.folder.path + "/testssl.json"
                // Protocols, ciphers, forward secrecy, preferences, defaults, headers, vulnerabilities; not what merely lists
                // (every cipher, every client), which takes minutes.
                let scan = try await Shell.run(
                    """
                    testssl --quiet --color 0 --warnings off --nodns none --ip 127.0.0.1 --add-ca \(bundle.authority) \
                    --severity LOW --jsonfile \(report) -p -s -f -P -S -h -U localhost:\(bundle.httpsPort)
                    """, within: .seconds(240))
                #expect(scan.output.contains("Testing vulnerabilities") && scan.output.contains("Done "), "\(scan)")
                #expect(scan.output.contains(/Heartbleed .*not vulnerable/), "\(scan)")
                let findings = try JSONDecoder().decode(
                    [Finding].self, from: Data(bundle.folder.text("testssl.json").utf8))
                let faults = findings.filter { !Self.tolerated.contains($0.id) }
                #expect(faults.isEmpty, "\(faults)")
                // A scan that reached nothing would find nothing.
                #expect(findings.contains { $0.id == "cert_revocation" }, "\(findings)")
            }
        }

        private struct Finding: Decodable {
            var id: String
            var severity: String
            var finding: String
        }

        @Test("a client that offers to compress is not taken up on it")
        func compression() async throws {
            // sslscan cannot tell: Debian's OpenSSL has no compression.
            try Shell.require("python3")
            try await withBundle { bundle in
                let folder = try TestFolder(named: "hello")
                let script = try folder.write("hello.py", Self.hello)
                let answer = try await Shell.check("/usr/bin/python3 \(script) \(bundle.httpsPort)")
                #expect(answer.output == "compression 0\n", "\(answer)")
                folder.remove()
            }
        }

        @Test("openssl resumes its sessions, and trusts the authority", arguments: ["tls1_2", "tls1_3"])
        func resumption(version: String) async throws {
            try Shell.require("openssl")
            try await withBundle { bundle in
                let session = "\(bundle.folder.path)/session"
                let options = "-\(version) -CAfile \(bundle.authority)"
                let first = try await ask(bundle.httpsPort, "\(options) -sess_out \(session)")
                #expect(first.contains("\nNew, TLSv1.") && first.contains("Verification: OK"), "\(first)")
                let second = try await ask(bundle.httpsPort, "\(options) -sess_in \(session)")
                #expect(second.contains("\nReused, TLSv1.") && second.contains("\nHTTP/1.1 200 OK"), "\(second)")
            }
        }

        @Test("openssl is shown the certificate of the name it asks for, and no session crosses names")
        func serverName() async throws {
            try Shell.require("openssl")
            let folder = try TestFolder(named: "sni")
            let authority = try await TestAuthority.make(in: folder)
            let port = FreePort.some(1)[0]
            var certificates = ""
            for name in ["a.test", "b.test"] {
                let leaf = try await authority.issue(name, names: [name])
                let pair = leaf.yaml(indentation: 4).replacingOccurrences(of: "ssl_cert:", with: "certificate:")
                    .replacingOccurrences(of: "ssl_key:", with: "key:")
                certificates += "\n  - names: [\(name)]\n\(pair)"
            }
            try FileManager.default.createDirectory(atPath: folder.path + "/www", withIntermediateDirectories: true)
            let file = try folder.write(
                "proxy.yml",
                """
                domain: a.test
                listeners: [{name: https, address: 127.0.0.1, port: \(port), tls: true}]
                certificates:\(certificates)
                routes: [{prefix: /, docroot: \(folder.path)/www}]
                upstreams: []
                https_port: \(port)
                """)
            let proxy = try TestProcess(
                [TestFolder.release + "/dockmaster-proxy", "--config", file], environment: Shell.environment,
                output: folder.path + "/console", errors: folder.path + "/console")
            let isUp = try await Shell.eventually(within: .seconds(20)) {
                try await ask(port, "-servername a.test").contains("\nHTTP/1.1 200 OK")
            }
            #expect(isUp, "\(folder.text("console"))")
            for name in ["a.test", "b.test"] {
                let options = "-servername \(name) -verify_hostname \(name) -CAfile \(authority.root)"
                let answer = try await ask(port, options)
                #expect(answer.contains("subject=CN = \(name)\n") && answer.contains("Verification: OK"), "\(answer)")
            }
            for version in ["-tls1_2", "-tls1_3"] {
                let session = "\(version) -servername a.test -sess_out \(folder.path)/session"
                #expect(try await ask(port, session).contains("\nNew, TLSv1."))
                let other = try await ask(port, "\(version) -servername b.test -sess_in \(folder.path)/session")
                #expect(other.contains("\nNew, TLSv1.") && other.contains("subject=CN = b.test\n"), "\(other)")
            }
            await proxy.destroy()
            folder.remove()
        }

        /// What `openssl s_client` says of a connection on which it asks for /healthz.
        private func ask(_ port: Int, _ options: String) async throws -> String {
            try await Shell.run(
                """
                printf 'HEAD /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' |
                openssl s_client -ign_eof -connect 127.0.0.1:\(port) \(options) 2>&1
                """
            ).output
        }

        private func withBundle(_ body: (RunningBundle) async throws -> Void) async throws {
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost"), body)
        }

        /// A ClientHello of TLS 1.2 that prefers DEFLATE (RFC 3749), and the method that the ServerHello chooses.
        private static let hello = """
            import os, socket, struct, sys
            def sized(form, data): return struct.pack(form, len(data)) + data
            def field(kind, data): return struct.pack(">H", kind) + sized(">H", data)
            extensions = (field(10, sized(">H", b"\\0\\x1d\\0\\x17")) + field(11, b"\\1\\0")
                + field(13, sized(">H", b"\\4\\3\\4\\1\\x08\\4")))
            body = (b"\\3\\3" + os.urandom(32) + b"\\0" + sized(">H", b"\\xc0\\x2b\\xc0\\x2f\\xc0\\x2c\\xc0\\x30")
                + sized(">B", b"\\1\\0") + sized(">H", extensions))
            hello = b"\\1" + struct.pack(">I", len(body))[1:] + body
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30)
            connection.sendall(b"\\x16\\3\\1" + sized(">H", hello))
            answer = b""
            while len(answer) < 200:
                more = connection.recv(4096)
                if not more: break
                answer += more
            if answer[:1] != b"\\x16": sys.exit("refused: " + answer.hex())
            session = answer[43]
            print("compression", answer[44 + session + 2])
            """
    }
}
