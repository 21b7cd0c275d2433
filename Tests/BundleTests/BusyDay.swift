import Foundation
import Glibc

/// A bundle under load, and what its administrator does to it.
struct BusyDay: Sendable {
    let bundle: RunningBundle
    let client: CurlClient
    let token: String
    let load: SteadyLoad
    let authority: TestAuthority
    /// Where the certificate's files are.
    let tls: TestFolder

    /// - Parameters:
    ///   - round: seen in the header X-Round of each answer.
    ///   - processes: of the proxy; its variable GENERATION is the same number, so that another number is another proxy.
    static func configuration(tls: TestFolder, round: Int = 0, processes: Int = 1) -> String {
        RunningBundle.twoUsers(
            domain: "localhost",
            more: """
                ssl_cert: \(tls.path)/served.pem
                ssl_key: \(tls.path)/served.key
                proxy: {headers: {X-Round: "\(round)"}}
                watchers:
                  proxy: {numprocesses: \(processes), env: {GENERATION: "\(processes)"}}
                  registry: {backoff: {reset_after: 100ms, limit: none}}
                """)
    }

    /// What the auth worker and the registry refused or failed, for whoever reads of a failure.
    var refusals: String {
        ["auth/auth.log", "registry/registry.log", "proxy/proxy.log"].flatMap { name in
            bundle.folder.text("log/\(name)").split(separator: "\n").filter { line in
                ["\"warning\"", "\"error\"", "unauthorized", "delayed", "\"status\":5"].contains { line.contains($0) }
            }.suffix(15)
        }.joined(separator: "\n")
    }

    /// Replaces the served files one after the other, as a renewal does.
    static func install(_ leaf: TestAuthority.Leaf, in tls: TestFolder) throws {
        for (name, text) in [("served.pem", leaf.certificate + leaf.intermediate), ("served.key", leaf.key)] {
            try tls.write(name + ".new", text)
            guard rename("\(tls.path)/\(name).new", "\(tls.path)/\(name)") == 0 else {
                throw BundleTestError.absent("\(tls.path)/\(name)")
            }
        }
    }

    /// SIGHUP with a configuration that is another one or the same as before; requests go on afterwards.
    func reload(round: Int) async throws {
        let now = bundle.folder.text("dockmaster.yaml")
        let text = now.replacing(/X-Round: "\d+"/, with: "X-Round: \"\(round)\"")
        try bundle.folder.write("dockmaster.yaml", text)
        bundle.process.signal(SIGHUP)
        try await shows(round: round)
        try await load.answers(more: 10)
    }

    func renewCertificate(_ number: Int) async throws {
        let leaf = try await authority.issue("renewed-\(number)", names: ["localhost"])
        try Self.install(leaf, in: tls)
        try await require("certificate \(leaf.serial)") { try await servedSerial() == leaf.serial }
        try await load.answers(more: 40)
    }

    /// Another program takes over the supervisor: a copy in another place, and later the first one again.
    func upgrade(toCopy: Bool) async throws {
        let copy = bundle.folder.path + "/bin"
        try await Shell.check(
            """
            mkdir -p \(copy); [ -e \(copy)/dockmaster ] || cp \(TestFolder.release)/dockmaster \(copy)/
            for w in auth registry proxy; do ln -sf \(TestFolder.release)/dockmaster-$w \(copy)/; done
            """)
        let program = (toCopy ? copy : TestFolder.release) + "/dockmaster"
        let said = try await Shell.check(
            "\(TestFolder.release)/dockmaster upgrade --run \(bundle.run) \(program)", within: .seconds(90))
        guard said.output.contains("has taken over") else { throw BundleTestError.failed(said) }
        let now = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(bundle.process.pid)/exe")
        guard now == URL(fileURLWithPath: program).resolvingSymlinksInPath().path else {
            throw BundleTestError.absent("\(program) as process \(bundle.process.pid), which is \(now),")
        }
        try await load.answers(more: 40)
    }

    /// Other settings of the worker: new processes beside the old ones, which end when their requests have ended.
    func replaceProxy(processes: Int, round: Int) async throws {
        let before = bundle.workers("proxy")
        try bundle.folder.write(
            "dockmaster.yaml", Self.configuration(tls: tls, round: round, processes: processes))
        bundle.process.signal(SIGHUP)
        try await require("\(processes) new proxies instead of \(before)", within: .seconds(60)) {
            // Old ones may still be at a transfer.
            bundle.workers("proxy").count { !before.contains($0) } == processes
        }
        try await load.answers(more: 40)
    }

    private func shows(round: Int) async throws {
        try await require("the header X-Round: \(round)") {
            let head = try await Shell.run("\(bundle.curl) -o /dev/null -D - \(bundle.url)/v2/")
            return head.output.lowercased().contains("x-round: \(round)\r\n")
        }
    }

    private func servedSerial() async throws -> String {
        try await Shell.run(
            """
            openssl s_client -connect 127.0.0.1:\(bundle.httpsPort) -servername localhost </dev/null 2>/dev/null |
            openssl x509 -noout -serial
            """
        ).line
    }

    private func require(
        _ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
    ) async throws {
        guard try await Shell.eventually(within: limit, condition) else {
            throw BundleTestError.absent("\(what) (console: \(bundle.console.suffix(2000)))")
        }
    }
}
