import Foundation
import Glibc

/// Some 200 small requests a second over TLS, until it is stopped; what fails is kept with its moments.
struct SteadyLoad: Sendable {
    /// How many answers there were, by the connection's kind. `stale`: asked again since a kept connection was closed.
    struct Totals: Decodable, Sendable {
        var answers, kept, new, http2, pushes, handshakes, stale, failed: Int
    }

    struct Failure: Decodable, Sendable {
        /// kept, new, http2, pushes; handshake for a connection that did not come about.
        var kind: String
        var what: String
        /// Seconds of the monotonic clock.
        var start: Double
        var end: Double

        /// Whether a worker that was killed at this moment may have held the request, and the answer says no more than that.
        func mayComeFrom(kill moment: Double) -> Bool {
            start <= moment && moment <= end && kind != "handshake"
        }
    }

    private let folder: TestFolder
    private let process: TestProcess

    /// - Parameter digest: of a small blob in the repository.
    init(_ bundle: RunningBundle, token: String, repository: String, digest: String) throws {
        try Shell.require("python3", "curl")
        folder = try TestFolder(named: "load")
        let script = try folder.write("load.py", Self.script)
        let basic = Data("admin:\(RunningBundle.adminPassword)".utf8).base64EncodedString()
        process = try TestProcess(
            [
                "/usr/bin/python3", script, "\(bundle.httpsPort)", bundle.authority, token, basic, repository, digest,
                folder.path + "/failures",
            ],
            environment: Shell.environment, output: folder.path + "/output", errors: folder.path + "/errors")
    }

    /// The monotonic clock, as the client's failures have it.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits for so many more answers.
    func answers(more count: Int) async throws {
        let before = answered
        let came = try await Shell.eventually(within: .seconds(30)) {
            process.status() != nil || answered >= before + count
        }
        guard came, process.status() == nil else {
            throw BundleTestError.absent("\(count) answers after \(before): \(folder.text("errors").suffix(2000))")
        }
    }

    private var answered: Int { folder.text("output").split(separator: "\n").last.flatMap { Int($0) } ?? 0 }

    func stop() async throws -> (Totals, [Failure]) {
        process.signal(SIGTERM)
        guard try await process.wait(within: .seconds(60)) == 0,
            let last = folder.text("output").split(separator: "\n").last
        else { throw BundleTestError.absent("the load's totals: \(folder.text("errors").suffix(2000))") }
        let totals = try JSONDecoder().decode(Totals.self, from: Data(last.utf8))
        let failures = try folder.text("failures").split(separator: "\n")
            .map { try JSONDecoder().decode(Failure.self, from: Data($0.utf8)) }
        let errors = folder.text("errors")
        guard errors.isEmpty else { throw BundleTestError.absent("a client without faults of its own: \(errors)") }
        folder.remove()
        return (totals, failures)
    }
}
