import Foundation
import Glibc
import Testing

/// A machine whose PID 1 is a real systemd, with the release binaries installed by `make install`. It shares our network.
struct SystemdMachine: Sendable {
    @TaskLocal static var current: SystemdMachine?

    /// Made once (debootstrap needs about a minute) and used again by later runs.
    private static let folder = "/var/tmp/dockmaster-systemd-machine"
    private static let tool = "MACHINE_DIR=\(folder) \(TestFolder.shared)/tools/systemd-machine.sh"
    static let root = folder + "/root"
    static let dropIns = "/run/systemd/system/dockmaster.service.d"

    let httpsPort: Int
    let httpPort: Int
    var url: String { "https://localhost:\(httpsPort)" }
    var authority: String { Self.root + "/var/lib/dockmaster/ca/ca.pem" }
    var curl: String { "curl -sS --max-time 30 --cacert \(authority)" }

    /// Runs a script inside.
    func run(_ script: String, within limit: Duration = .seconds(60)) async throws -> CommandResult {
        try await Shell.run("\(Self.tool) exec /bin/bash -s <<'END_OF_SCRIPT'\n\(script)\nEND_OF_SCRIPT", within: limit)
    }

    @discardableResult
    func check(_ script: String, within limit: Duration = .seconds(60)) async throws -> CommandResult {
        let result = try await run(script, within: limit)
        guard result.succeeded else { throw BundleTestError.failed(result) }
        return result
    }

    /// Writes the configuration, which root owns and the service's group reads.
    func configure(_ more: String = "") async throws {
        let text =
            RunningBundle.twoUsers(domain: "localhost") + """

                proxy:
                  listen:
                    - {name: https, address: "::", port: \(httpsPort)}
                    - {name: http, address: "::", port: \(httpPort)}
                \(more)
                """
        let path = Self.root + "/etc/dockmaster/dockmaster.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try await check("systemd-tmpfiles --create dockmaster.conf")
    }

    /// The property of the unit, "MainPID" or "StatusText".
    func property(_ name: String) async throws -> String {
        try await check("systemctl show dockmaster -P \(name)").line
    }

    func answers(_ path: String = "/healthz", _ status: String = "200") async throws -> Bool {
        try await Shell.run("\(curl) -o /dev/null -w '%{http_code}' \(url)\(path)").output == status
    }

    // MARK: Its life

    static func start() async throws -> SystemdMachine {
        try Shell.require("systemd-nspawn", "debootstrap", "nsenter", "pgrep", "make")
        try await stop()  // one that an interrupted run left behind
        try await Shell.check("\(tool) create", within: .seconds(400))
        try await Shell.check(
            """
            cd \(TestFolder.repository)
            rm -rf \(root)/var/lib/dockmaster \(root)/var/log/dockmaster \(root)/var/log/journal \(root)/etc/dockmaster
            make -s -o build install DESTDIR=\(root)
            for name in dockmaster dockmaster-auth dockmaster-registry dockmaster-proxy dockmaster-acme; do
                ldd \(TestFolder.release)/$name | awk '$2 == "=>" && $3 ~ /^\\// { print $3 }' | while read -r library; do
                    [ -e "\(root)$library" ] || cp -Ln --preserve=mode "$library" "\(root)$library"
                done
            done
            """, within: .seconds(120))
        try await Shell.check("\(tool) boot </dev/null >/dev/null", within: .seconds(60))
        let machine = SystemdMachine(httpsPort: freeLowPort(), httpPort: FreePort.some(1)[0])
        try await machine.check("systemd-sysusers dockmaster.conf; systemctl daemon-reload")
        try await machine.configure()
        return machine
    }

    static func stop() async throws {
        try await Shell.check(
            """
            leader=$(cat \(folder)/leader 2>/dev/null) || exit 0
            [ "$(cat /proc/$leader/comm 2>/dev/null)" = systemd ] || exit 0
            \(tool) poweroff || true
            for _ in $(seq 400); do kill -0 "$leader" 2>/dev/null || exit 0; sleep 0.05; done
            kill -KILL "$leader"
            """)
    }

    /// A port that only a capability opens.
    private static func freeLowPort() -> Int {
        while true {
            let port = Int.random(in: 700...990)
            if let descriptor = FreePort.listen(on: port) {
                close(descriptor)
                return port
            }
        }
    }
}

/// Starts the machine before a suite and ends it afterwards.
struct SystemdMachineTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let machine = try await SystemdMachine.start()
        do {
            try await SystemdMachine.$current.withValue(machine) { try await function() }
        } catch {
            try await SystemdMachine.stop()
            throw error
        }
        try await SystemdMachine.stop()
    }
}

extension Trait where Self == SystemdMachineTrait {
    /// The suite's tests find a machine in `SystemdMachine.current`.
    static var systemdMachine: Self { SystemdMachineTrait() }
}
