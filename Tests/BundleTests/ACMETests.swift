import ACMEAuthority
import Foundation
import Testing

extension WholeBundle {
    @Suite("With an ACME authority", .serialized)
    struct ACMETests {
        private static let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }

        /// The authority's key, as it stands in the configuration.
        private static var hmacKey: String {
            Data(secret).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }

        /// - Parameter more: further keys of tls.acme.
        private static func configuration(_ authorityPort: Int, aliases: String, more: String = "") -> String {
            RunningBundle.twoUsers(
                domain: "localhost",
                more: """
                    server_aliases: [\(aliases)]
                    tls:
                      acme:
                        email: ops@registry.test
                        directory: https://localhost:\(authorityPort)/directory
                        trust: authority.pem
                        eab: {key_id: team-7, hmac_key: \(hmacKey)}
                    \(more)
                    """)
        }

        @Test(
            "it starts without the directory, serves what is issued without a restart, and renews without a failed handshake"
        )
        func life() async throws {
            let ports = FreePort.some(3)
            var options = AuthorityOptions(httpPort: ports[1], tlsPort: ports[0])
            options.externalAccounts = ["team-7": Self.secret]
            let authority = try ACMEAuthority(options)
            let folder = try TestFolder(named: "b")
            let root = try folder.write("authority.pem", try await authority.root)
            let text = Self.configuration(ports[2], aliases: "registry.test")
            try await RunningBundle.with(in: folder, configuration: text, ports: Array(ports[..<2])) { bundle in
                // Ready with its own certificate although nobody is there to give another.
                let failed = try await Shell.eventually {
                    bundle.console.contains("there is no certificate for localhost")
                }
                #expect(failed, "\(bundle.console.suffix(3000))")
                let workers = ["proxy", "auth", "registry"].flatMap { bundle.workers($0) }

                try await authority.start(port: ports[2])
                try await restart(bundle)
                try await awaitCertificate(bundle, root, "localhost")
                try await awaitCertificate(bundle, root, "registry.test")
                #expect(["proxy", "auth", "registry"].flatMap { bundle.workers($0) } == workers)
                let status = try await Shell.check("\(TestFolder.release)/dockmaster status --run \(bundle.run)")
                #expect(status.output.contains("the certificate for localhost, registry.test ends on"), "\(status)")

                // kill -9 in the middle of an order, which SIGHUP has begun.
                await authority.hold("finalize")
                try bundle.folder.write(
                    "dockmaster.yaml", Self.configuration(ports[2], aliases: "registry.test, second.test"))
                bundle.process.signal(SIGHUP)
                let isHolding = try await Shell.eventually { await authority.isHolding }
                #expect(isHolding, "\(bundle.console.suffix(3000))")
                for worker in bundle.workers("acme") { kill(worker, SIGKILL) }
                await authority.release()
                try await awaitCertificate(bundle, root, "second.test")

                // Certificates that live 30 seconds: renewed under load.
                await authority.change {
                    $0.life = 30
                    $0.age = 2
                }
                let load = try HandshakeLoad(bundle, root: root)
                try bundle.folder.write(
                    "dockmaster.yaml",
                    Self.configuration(
                        ports[2], aliases: "registry.test", more: "    key_type: rsa\n    challenge: tls-alpn-01"))
                bundle.process.signal(SIGHUP)
                let issued = await authority.count("certificate 200")
                let renewed = try await Shell.eventually(within: .seconds(90)) {
                    await authority.count("certificate 200") >= issued + 3
                }
                #expect(renewed, "\(bundle.console.suffix(3000))")
                // The last one has come to the proxy.
                try await Task.sleep(for: .seconds(1))
                let (handshakes, failures) = try await load.stop()
                #expect(handshakes > 100)
                #expect(failures == "", "\(failures.prefix(2000))\n\(bundle.console.suffix(3000))")

                let rendered = try await Shell.check(
                    "\(TestFolder.release)/dockmaster render --config \(bundle.configuration) --data \(bundle.data)")
                let logs = try await Shell.check("cat \(bundle.logs)/*/*.log")
                for shown in [bundle.console, rendered.output, logs.output] {
                    #expect(!shown.contains(Self.hmacKey) && !shown.contains("PRIVATE KEY"))
                }
                #expect(TestFolder.mode("\(bundle.data)/configuration/acme/account.key") == 0o600)
            }
            folder.remove()
            await authority.stop()
        }

        @Test(
            "a reload that adds it needs no restart, and one that takes it away goes back to the bundle's own certificate"
        )
        func addedAndRemoved() async throws {
            let ports = FreePort.some(2)
            let authority = try ACMEAuthority(AuthorityOptions(httpPort: ports[1], tlsPort: ports[0]))
            let port = Int(try await authority.start().split(separator: ":").last?.prefix { $0 != "/" } ?? "") ?? 0
            let folder = try TestFolder(named: "b")
            let root = try folder.write("authority.pem", try await authority.root)
            let plain = RunningBundle.twoUsers(domain: "localhost")
            try await RunningBundle.with(in: folder, configuration: plain, ports: ports) { bundle in
                #expect(bundle.workers("acme").isEmpty)
                let others = ["auth", "registry"].flatMap { bundle.workers($0) }
                try bundle.folder.write(
                    "dockmaster.yaml",
                    RunningBundle.twoUsers(
                        domain: "localhost",
                        more: """
                            tls:
                              acme: {directory: "https://localhost:\(port)/directory", trust: authority.pem, challenge: tls-alpn-01}
                            """))
                bundle.process.signal(SIGHUP)
                try await awaitCertificate(bundle, root, "localhost")
                #expect(["auth", "registry"].flatMap { bundle.workers($0) } == others)
                try bundle.folder.write("dockmaster.yaml", plain)
                bundle.process.signal(SIGHUP)
                let isOwn = try await Shell.eventually(within: .seconds(30)) {
                    try await Shell.run("\(bundle.curl) -o /dev/null \(bundle.url)/healthz").status == 0
                }
                #expect(isOwn, "\(bundle.console.suffix(3000))")
                let isGone = try await Shell.eventually { bundle.workers("acme").isEmpty }
                #expect(isGone)
                #expect(await authority.count("certificate 200") == 1)
            }
            folder.remove()
            await authority.stop()
        }

        private func restart(_ bundle: RunningBundle) async throws {
            try await Shell.check("\(TestFolder.release)/dockmaster restart acme --run \(bundle.run)")
        }

        /// Until curl, which trusts the authority alone, is content with what it gets for the name.
        private func awaitCertificate(_ bundle: RunningBundle, _ root: String, _ name: String) async throws {
            let isServed = try await Shell.eventually(within: .seconds(30)) {
                let result = try await Shell.run(
                    "curl -sS --cacert \(root) --resolve \(name):\(bundle.httpsPort):127.0.0.1 -o /dev/null "
                        + "https://\(name):\(bundle.httpsPort)/healthz")
                return result.status == 0
            }
            #expect(isServed, "\(name): \(bundle.console.suffix(4000))")
        }
    }
}

/// One new TLS connection after the other, by a client that trusts the authority alone.
struct HandshakeLoad: Sendable {
    private let folder: TestFolder
    private let process: TestProcess

    init(_ bundle: RunningBundle, root: String) throws {
        folder = try TestFolder(named: "handshakes")
        process = try TestProcess(
            [
                "/bin/sh", "-c",
                """
                while [ ! -e \(folder.path)/stop ]; do
                    curl -sS --max-time 10 --cacert \(root) -o /dev/null \(bundle.url)/healthz 2>>\(folder.path)/failures
                    echo >>\(folder.path)/count
                done
                """,
            ], environment: Shell.environment, output: folder.path + "/output", errors: folder.path + "/errors")
    }

    /// - Returns: how many connections there were, and what curl said of those that failed.
    func stop() async throws -> (count: Int, failures: String) {
        try folder.write("stop", "")
        _ = try await process.wait(within: .seconds(20))
        let result = (folder.text("count").count, folder.text("failures"))
        folder.remove()
        return result
    }
}
