import Foundation
import Glibc

/// A bundle started from the release binaries in a folder of its own, on free ports, as `dockmaster run` starts it.
final class RunningBundle: Sendable {
    static let adminPassword = "admin-Pa55-word"
    static let readonlyPassword = "readonly-Pa55-word"

    let folder: TestFolder
    let domain: String
    let httpsPort: Int
    let httpPort: Int
    let process: TestProcess

    var host: String { "\(domain):\(httpsPort)" }
    var url: String { "https://\(host)" }
    var data: String { folder.path + "/data" }
    var logs: String { folder.path + "/log" }
    var run: String { folder.path + "/run" }
    var images: String { data + "/data/images" }
    var authority: String { data + "/ca/ca.pem" }
    var configuration: String { folder.path + "/dockmaster.yaml" }
    var console: String { folder.text("console") }
    /// curl that trusts the bundle's authority, and nothing else.
    var curl: String { "curl -sS --max-time 60 --cacert \(authority)" }

    /// Two users, as the pillar's example has them; the certificate is the bundle's own.
    static func twoUsers(domain: String, more: String = "") -> String {
        """
        domain: \(domain)
        users:
          admin: {password: "\(adminPassword)"}
          readonly: {password: "\(readonlyPassword)"}
        acl:
          - match: {account: admin}
            actions: ["*"]
            comment: admin may do everything
          - match: {account: readonly}
            actions: [pull]
            comment: readonly may pull
        \(more)
        """
    }

    /// Starts a bundle without waiting for it.
    /// - Parameter configuration: the text of its configuration; nil for the embedded default.
    init(
        in folder: TestFolder? = nil, domain: String = "localhost", configuration: String? = nil, ports: [Int]? = nil
    ) throws {
        try Shell.require("curl")
        guard access(TestFolder.release + "/dockmaster", X_OK) == 0 else {
            throw BundleTestError.absent("\(TestFolder.release)/dockmaster (make build makes it)")
        }
        let folder = try folder ?? TestFolder(named: "b")
        let ports = ports ?? FreePort.some(2)
        var arguments = [
            TestFolder.release + "/dockmaster", "run", "--data", folder.path + "/data", "--logs", folder.path + "/log",
            "--run", folder.path + "/run", "--domain", domain, "--https-port", "\(ports[0])", "--http-port",
            "\(ports[1])",
        ]
        if let configuration {
            arguments += ["--config", try folder.write("dockmaster.yaml", configuration)]
        }
        self.folder = folder
        self.domain = domain
        httpsPort = ports[0]
        httpPort = ports[1]
        process = try TestProcess(
            arguments, environment: Shell.environment, output: folder.path + "/console",
            errors: folder.path + "/console")
    }

    /// Runs `body` with a ready bundle, stops it afterwards, and shows its console when `body` fails.
    static func with<Result>(
        in folder: TestFolder? = nil, domain: String = "localhost", configuration: String? = nil, ports: [Int]? = nil,
        _ body: (RunningBundle) async throws -> Result
    ) async throws -> Result {
        let bundle = try RunningBundle(in: folder, domain: domain, configuration: configuration, ports: ports)
        defer { try? FileManager.default.removeItem(atPath: bundle.trustFolder) }
        do {
            try await bundle.ready()
            let result = try await body(bundle)
            try await bundle.stop()
            if folder == nil { bundle.folder.remove() }
            return result
        } catch {
            await bundle.abandon()
            print("--- console of the bundle in \(bundle.folder.path)\n\(bundle.console.suffix(8000))\n---")
            throw error
        }
    }

    /// Waits for its banner's moment: every worker answers through the proxy.
    func ready(within limit: Duration = .seconds(20)) async throws {
        let probe = "\(curl) -o /dev/null -w '%{http_code}' \(url)/healthz"
        let ready = try await Shell.eventually(within: limit) {
            if process.status() != nil { return true }
            guard access(authority, R_OK) == 0 || !usesOwnAuthority else { return false }
            return try await Shell.run(probe, within: .seconds(5)).output == "200"
        }
        guard ready, process.status() == nil else { throw BundleTestError.notReady(after: limit, console: console) }
    }

    /// A configuration with a certificate of its own makes no authority; tests put theirs where `authority` looks.
    private var usesOwnAuthority: Bool { !folder.text("dockmaster.yaml").contains("ssl_cert") }

    /// Stops it as ^C does, and expects what the issue promises: in order, in time, exit code 0.
    @discardableResult
    func stop(_ signal: CInt = SIGTERM, within limit: Duration = .seconds(20)) async throws -> CInt {
        process.signal(signal)
        let status = try await process.wait(within: limit)
        guard status == 0 else {
            throw BundleTestError.failed(
                CommandResult(script: "dockmaster run, stopped", status: status, output: console, errors: ""))
        }
        return status
    }

    /// Makes a Docker engine trust its authority, as the banner says. `with` takes it back.
    func trustByDocker() async throws {
        try await Shell.check("mkdir -p '\(trustFolder)' && cp '\(authority)' '\(trustFolder)/ca.crt'")
    }

    private var trustFolder: String { "/etc/docker/certs.d/\(host)" }

    /// Ends it somehow, workers included.
    func abandon() async {
        let workers = ["proxy", "auth", "registry", "acme"].flatMap(workers)
        process.signal(SIGTERM)
        if (try? await process.wait(within: .seconds(5))) == nil { await process.destroy() }
        for pid in workers { kill(pid, SIGKILL) }
    }

    /// The worker's process ids, by its binary: proxy, auth, registry.
    func workers(_ name: String) -> [pid_t] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { pid_t($0) }.filter { pid in
            let binary = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            guard binary?.hasSuffix("/dockmaster-\(name)") == true,
                let status = FileManager.default.contents(atPath: "/proc/\(pid)/status")
            else { return false }
            return String(decoding: status, as: UTF8.self).contains("\nPPid:\t\(process.pid)\n")
        }
    }

    /// The password that the first start made for `admin`.
    func generatedPassword() throws -> String {
        let text = folder.text("data/configuration/admin.password").trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw BundleTestError.absent(data + "/configuration/admin.password") }
        return text
    }
}
