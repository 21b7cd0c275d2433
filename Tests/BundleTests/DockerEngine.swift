import Foundation
import Glibc

/// A real Docker engine from Debian's docker.io, for the tests of one suite.
struct DockerEngine: Sendable {
    @TaskLocal static var current: DockerEngine?

    private static let folders = "/tmp/bundle-tests/docker-engine"
    /// Of this process alone: other trees run their tests on the same machine.
    private static let folder = "\(folders)-\(getpid())"
    private static let tool = TestFolder.shared + "/tools/dockerd.sh"
    let address = "unix://\(folder)/docker.sock"

    /// Runs docker with credentials of the caller's own.
    /// - Parameter home: where `docker login` keeps what it learns.
    func docker(
        _ script: String, home: TestFolder, within limit: Duration = .seconds(120)
    ) async throws -> CommandResult {
        try await Shell.run(
            script,
            environment: [
                "DOCKER_HOST": address, "DOCKER_CONFIG": home.path + "/docker-config", "DOCKER_BUILDKIT": "0",
                "DOCKER_CLI_HINTS": "false",
            ], within: limit)
    }

    @discardableResult
    func check(
        _ script: String, home: TestFolder, within limit: Duration = .seconds(120)
    ) async throws -> CommandResult {
        let result = try await docker(script, home: home, within: limit)
        guard result.succeeded else { throw BundleTestError.failed(result) }
        return result
    }

    /// The image that the others are built from: busybox alone, since there is nowhere to pull one from.
    func importBase(as name: String, home: TestFolder) async throws {
        try Shell.require("busybox")
        try await check(
            """
            mkdir -p base/bin && cp "$(command -v busybox)" base/bin/busybox && ln -sf busybox base/bin/sh
            tar -C base -c . | docker import --change 'CMD ["/bin/busybox", "echo", "it runs"]' - \(name)
            """.replacingOccurrences(of: "base/", with: home.path + "/base/")
                .replacingOccurrences(of: "-C base", with: "-C \(home.path)/base"), home: home)
    }

    /// An image of four layers on the base, one of them of random bytes.
    func build(_ tag: String, home: TestFolder, mebibytes: Int = 3) async throws {
        try await importBase(as: "base:1", home: home)
        try FileManager.default.createDirectory(
            atPath: home.path + "/context", withIntermediateDirectories: true)
        try await home.randomFile("context/random", mebibytes: mebibytes)
        try home.write("context/greeting", "hello from \(tag)\n")
        try home.write(
            "context/Dockerfile",
            """
            FROM base:1
            COPY greeting /greeting
            COPY random /random
            RUN ["/bin/busybox", "touch", "/made-while-building"]
            CMD ["/bin/busybox", "cat", "/greeting"]
            """)
        try await check("docker build --network host -q -t \(tag) \(home.path)/context", home: home)
    }

    func login(_ user: String, _ password: String, at host: String, home: TestFolder) async throws -> CommandResult {
        let secret = try home.write("password-\(user)", password)
        return try await docker("docker login -u \(user) --password-stdin \(host) <\(secret)", home: home)
    }

    /// The engine, a Go program, may believe what it has read of /etc/hosts for 5 s more.
    func resolveToIPv6Loopback(_ name: String) async throws {
        try await Shell.check(
            "grep -qE '^::1 .*\\b\(name)\\b' /etc/hosts || { echo '::1 \(name)' >>/etc/hosts && sleep 6; }")
    }

    static func start() async throws -> DockerEngine {
        try Shell.require("dockerd", "docker", "runc", "containerd")
        guard FileManager.default.fileExists(atPath: tool) else { throw BundleTestError.absent(tool) }
        try await stopAbandoned()
        // The engine outlives the script that starts it, so it gets a process group of its own.
        try await Shell.check("DOCKERD_DIR=\(folder) setsid \(tool) start </dev/null", within: .seconds(60))
        return DockerEngine()
    }

    static func stop() async throws { try await stop(folder) }

    /// Ends the engines that interrupted runs left behind, and no others.
    private static func stopAbandoned() async throws {
        try await stop(
            #"$(for f in \#(folders)-*; do [ ! -e "$f" ] || kill -0 "${f##*-}" 2>/dev/null || echo "$f"; done)"#)
    }

    /// - Parameter folders: words of the shell.
    private static func stop(_ folders: String) async throws {
        try await Shell.check(
            """
            for folder in \(folders); do
                if pid=$(cat "$folder/pid" 2>/dev/null) && grep -qz dockerd "/proc/$pid/cmdline" 2>/dev/null; then
                    DOCKERD_DIR="$folder" \(tool) stop
                    for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
                fi
                awk -v "f=$folder/" 'index($2, f) == 1 { print $2 }' /proc/mounts | tac | xargs -r umount -l
                rm -rf "$folder"
            done
            """)
    }
}
