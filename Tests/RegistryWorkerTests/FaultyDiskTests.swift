import Foundation
import Testing

/// Errors of the kernel, injected by strace into the real binary: none of them is ever acknowledged.
@Suite("A disk that fails", .serialized)
struct FaultyDiskTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var call: String
        var error: String
        var testDescription: String { "\(call) → \(error)" }
    }

    /// What a push calls to write, sync, name and open.
    private static let faults = ["pwrite64", "fdatasync", "fsync", "rename", "mkdir", "openat"].flatMap { call in
        (call == "openat" ? ["EIO", "EMFILE", "EROFS"] : ["EIO", "EROFS"]).map { Fault(call: call, error: $0) }
    }

    /// The call fails now and then from here on: of ten pushes each fails at another place, or goes through.
    @Test("fails pushes in words, never with a 2xx, and what it acknowledged is there", arguments: faults)
    func push(fault: Fault) throws {
        let registry = try RegistryProcess()
        try registry.start()
        let client = registry.client
        try client.pushImage([0], "first", to: "team/app")
        let tracer = try Self.inject(fault, into: registry)
        var acknowledged: [(tag: String, digest: String, layer: [UInt8])] = []
        var refused = 0
        for number in 0..<8 {
            let layer = [UInt8](repeating: UInt8(number), count: 3_000 + number)
            do {
                let digest = try client.pushImage(layer, "v\(number)", to: "team/app")
                acknowledged.append(("v\(number)", "\(digest)", layer))
            } catch let error as PlainClient.Refused {
                refused += 1
                #expect(error.answer.status >= 400, "\(error)")
                #expect(error.answer.text.contains("\"errors\""), "\(error)")
                #expect(!error.answer.text.contains(registry.folder), "no path of the server: \(error)")
            }
        }
        tracer.end()
        #expect(refused > 0, "\(fault.call) was never called")
        #expect(registry.output.contains("cannot "), "the log says what failed: \(registry.output)")
        // It goes on, and after a crash everything acknowledged is there.
        try client.pushImage([9], "after", to: "team/app")
        registry.kill()
        try registry.start()
        for image in acknowledged {
            let manifest = try registry.client.send("GET", "/v2/team/app/manifests/\(image.tag)")
            #expect(manifest.headers["docker-content-digest"] == image.digest)
        }
        #expect(try registry.client.send("GET", "/v2/team/app/manifests/first").status == 200)
    }

    /// Attaches to the running process, so that its start is not what fails.
    private static func inject(_ fault: Fault, into registry: RegistryProcess) throws -> ChildRun {
        let tracer = try ChildRun(
            [
                "strace", "-f", "-qq", "-o", "/dev/null", "-p", "\(registry.pid)", "-e", "trace=\(fault.call)",
                "-e", "inject=\(fault.call):error=\(fault.error):when=3+7",
            ], output: "/dev/null")
        // Attached when the process has a tracer.
        for _ in 0..<1_000 {
            let status = (try? String(contentsOfFile: "/proc/\(registry.pid)/status", encoding: .utf8)) ?? ""
            if !status.contains("TracerPid:\t0") { break }
            usleep(5_000)
        }
        return tracer
    }
}
