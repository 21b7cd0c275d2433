import ACMEAuthority
import BundleConfig
import Foundation
import Testing

@Suite("The binary dockmaster-acme", .timeLimit(.minutes(2)))
struct BinaryTests {
    @Test("gets a certificate although it is confined, takes up other names on SIGHUP, and ends with 0 on SIGTERM")
    func life() async throws {
        let bench = try await TestBench.start()
        try WorkerProcess.write(bench.configuration(), bench.folder)
        let worker = try WorkerProcess(bench.folder)
        try await eventually("the certificate is served") { try await bench.isServed("www.registry.test") }
        #expect(try worker.isConfined())
        #expect(!worker.log.contains("confinement"), "\(worker.log)")
        try WorkerProcess.write(bench.configuration { $0.domains = ["registry.test", "b.test"] }, bench.folder)
        worker.send(SIGHUP)
        try await eventually("the other name is served") { try await bench.isServed("b.test") }
        // The same again is no reason to ask.
        worker.send(SIGHUP)
        await eventually("it has reloaded twice") {
            worker.log.components(separatedBy: "reloaded its configuration").count == 3
        }
        #expect(await bench.authority.count("newOrder 201") == 2)
        worker.send(SIGTERM)
        #expect(await worker.status() == 0)
        #expect(worker.log.contains(#""event":"acme_issued""#) && !worker.log.contains("PRIVATE KEY"))
        await bench.stop()
    }

    @Test("that is killed in the middle of an order leaves nothing behind that the next one does not put right")
    func killed() async throws {
        let bench = try await TestBench.start()
        for resource in ["challenge", "finalize", "certificate"] {
            await bench.authority.hold(resource)
            try WorkerProcess.write(bench.configuration(), bench.folder)
            let worker = try WorkerProcess(bench.folder)
            await eventually("the order is at \(resource)") { await bench.authority.isHolding }
            #expect(bench.files("configuration/acme/registry.test").contains("next-key.pem"))
            if resource == "challenge" { #expect(bench.files("run/proxy/acme").count == 2) }
            worker.send(SIGKILL)
            #expect(await worker.status() == SIGKILL)
            await bench.authority.release()
        }
        for name in ["registry.test/key.pem.x.tmp", "account.key.x.tmp"] {
            try "half".write(
                toFile: "\(bench.folder)/configuration/acme/\(name)", atomically: false, encoding: .utf8)
        }
        let worker = try WorkerProcess(bench.folder)
        try await eventually("the certificate is served") { try await bench.isServed("registry.test") }
        #expect(bench.files("run/proxy/acme") == [])
        #expect(
            bench.files("configuration/acme")
                == ["account.key", "registry.test/chain.pem", "registry.test/key.pem"])
        #expect(await bench.authority.accountCount == 1)
        // The second order was finalized: it is gone on with.
        #expect(await bench.authority.count("newOrder 201") == 2)
        worker.send(SIGTERM)
        #expect(await worker.status() == 0)
        await bench.stop()
    }

    @Test("orders nothing on a full disk, says so, and goes on when there is room again")
    func fullDisk() async throws {
        let bench = try await TestBench.start(["a.test"])
        try WorkerProcess.write(bench.configuration(), bench.folder)
        let place = "\(bench.folder)/configuration/acme"
        let worker = try WorkerProcess(
            bench.folder,
            script: """
                mount -t tmpfs -o size=64k tmpfs \(place)
                mkdir \(place)/a.test
                cat /dev/zero >\(place)/filler 2>/dev/null || true
                $WORKER & worker=$!
                while [ ! -e \(bench.folder)/free ]; do sleep 0.05; done
                rm \(place)/filler
                kill -HUP $worker
                while [ ! -e \(bench.folder)/end ]; do sleep 0.05; done
                ls \(place)/a.test >\(bench.folder)/names
                kill $worker
                wait $worker
                """)
        await eventually("it says so") { worker.log.contains("No space left on device. Free space on that disk.") }
        #expect(await bench.authority.count("newOrder 201") == 0)
        try WorkerProcess.write(bench.configuration { $0.keyType = .rsa }, bench.folder)
        try "".write(toFile: "\(bench.folder)/free", atomically: true, encoding: .utf8)
        await eventually("it has a certificate") { worker.log.contains(#""event":"acme_issued""#) }
        try "".write(toFile: "\(bench.folder)/end", atomically: true, encoding: .utf8)
        #expect(await worker.status() == 0, "\(worker.log)")
        #expect(try bench.text("names") == "chain.pem\nkey.pem\n")
        await bench.stop()
    }

    @Test("stays when the directory is away, and reads nothing that is not its own")
    func alone() async throws {
        let bench = try await TestBench.start()
        try WorkerProcess.write(
            bench.configuration { $0.directory = "https://127.0.0.1:1/directory" }, bench.folder)
        let worker = try WorkerProcess(bench.folder)
        await eventually("it says so") { worker.log.contains("the authority gives no answer: connection refused") }
        #expect(worker.isRunning)
        worker.send(SIGTERM)
        #expect(await worker.status() == 0)

        let key = "\(bench.folder)/configuration/acme/account.key"
        for name in ["configuration/token.key", "run/auth.yml", "run/proxy/proxy.yml", "data/manifest"] {
            let path = "\(bench.folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: path) {
                try "x".write(toFile: path, atomically: true, encoding: .utf8)
            }
        }
        let refused =
            ["configuration/token.key", "run/auth.yml", "run/proxy/proxy.yml", "data/manifest"]
            .map { "\(bench.folder)/\($0)" } + ["/etc/shadow", "/etc/passwd", "/proc/1/environ"]
        let probe = try WorkerProcess(
            bench.folder, (refused + [key, "/etc/hosts"]).flatMap { ["--probe", $0] })
        #expect(await probe.status() == 0)
        #expect(!probe.log.contains("note:"), "\(probe.log)")
        for path in refused {
            #expect(probe.log.contains("read \(path): EACCES\n"), "\(probe.log)")
            #expect(probe.log.contains("write \(path): EACCES\n"))
        }
        #expect(probe.log.contains("read \(key): open\n") && probe.log.contains("write \(key): open\n"))
        #expect(probe.log.contains("read /etc/hosts: open\n") && probe.log.contains("write /etc/hosts: EACCES\n"))
        await bench.stop()
    }

    @Test("checks a configuration and says what is wrong with it")
    func check() async throws {
        let bench = try await TestBench.start()
        try WorkerProcess.write(bench.configuration(), bench.folder)
        #expect(await (try WorkerProcess(bench.folder, ["--check"])).status() == 0)
        try WorkerProcess.write(bench.configuration { $0.trust = "none" }, bench.folder)
        let bad = try WorkerProcess(bench.folder, ["--check"])
        #expect(await bad.status() == 1)
        #expect(bad.log.contains("trust: holds no certificate that can be used"), "\(bad.log)")
        try "domain: x\n".write(toFile: WorkerProcess.config(bench.folder), atomically: true, encoding: .utf8)
        let worker = try WorkerProcess(bench.folder)
        #expect(await worker.status() == 78)
        await bench.stop()
    }
}
