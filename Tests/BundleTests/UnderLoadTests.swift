import Foundation
import Testing

extension WholeBundle {
    /// What an administrator does on an ordinary day, and what happens on a bad one, while everybody goes on working.
    @Suite("Under 200 requests a second", .serialized)
    struct UnderLoadTests {
        private static let repository = "team/load"

        @Test("reloads, certificates, upgrades and a new proxy fail no request, push or pull")
        func changes() async throws {
            try await withLoad { day in
                let large = try await day.bundle.folder.randomFile("large", mebibytes: 1_024)
                let digest = try await day.client.upload(large, to: Self.repository, token: day.token)
                let transfers = try LargeTransfers(day.bundle, day.token, large, digest, repository: Self.repository)
                try await transfers.begun()
                let proxies = day.bundle.workers("proxy")
                for round in 1...100 {
                    switch round {
                    case 11, 31, 51, 71, 91: try await day.upgrade(toCopy: [11, 51, 91].contains(round))
                    case _ where round.isMultiple(of: 5): try await day.renewCertificate(round)
                    // The first while the first transfers have half a minute to go, which is longer than a stop's drain.
                    case 2, 62: try await day.replaceProxy(processes: 2, round: round)
                    case 42, 82: try await day.replaceProxy(processes: 1, round: round)
                    default: break
                    }
                    try await day.reload(round: round.isMultiple(of: 2) ? round : round - 1)
                }
                #expect(day.bundle.workers("proxy").contains { !proxies.contains($0) }, "the proxy was replaced")
                let (pushes, pulls) = try await transfers.finish()
                #expect(pushes > 0 && pulls > 0, "\(pushes) pushes, \(pulls) pulls")
                let (totals, failures) = try await day.load.stop()
                #expect(failures.isEmpty, "\(failures.count) of \(totals): \(failures.prefix(20))\n\(day.refusals)")
                #expect(min(totals.kept, totals.new, totals.http2, totals.pushes) > 100, "\(totals)")
            }
        }

        @Test("kill -9 of the registry fails its own requests in flight and no other, and a large push goes through")
        func kills() async throws {
            try Shell.require("skopeo")
            try await withLoad { day in
                let image = try await LargeImage.make(in: day.bundle.folder, mebibytes: 1_024)
                let push = try image.push(to: day.bundle, attempts: 30)
                #expect(try await day.bundle.receives(LargeImage.repository), "\(image.folder.text("errors"))")
                var moments: [Double] = []
                for _ in 1...20 {
                    let victim = try #require(day.bundle.workers("registry").first)
                    moments.append(SteadyLoad.now)
                    kill(victim, SIGKILL)
                    let returned = try await Shell.eventually(within: .seconds(20)) {
                        let now = day.bundle.workers("registry")
                        guard !now.isEmpty, !now.contains(victim) else { return false }
                        return try await day.client.status("/healthz") == "200"
                    }
                    #expect(returned, "\(day.bundle.console.suffix(3000))")
                    try await day.load.answers(more: 200)
                }
                #expect(try await push.wait(within: .seconds(120)) == 0, "\(image.folder.text("errors"))")
                #expect(image.folder.text("errors").contains("once more"), "the first kill interrupts it")
                try await image.comesBack(from: day.bundle)
                let (totals, failures) = try await day.load.stop()
                let others = failures.filter { failure in !moments.contains { failure.mayComeFrom(kill: $0) } }
                #expect(
                    others.isEmpty,
                    "\(others.count) of \(failures.count), \(totals): \(others.prefix(20))\n\(day.refusals)")
                // Each of the load's thirteen connections has one request at a time.
                #expect(failures.count <= 13 * moments.count, "\(failures)")
            }
        }

        private func withLoad(_ body: (BusyDay) async throws -> Void) async throws {
            let folder = try TestFolder(named: "tls")
            let authority = try await TestAuthority.make(in: folder)
            let home = try TestFolder(named: "b")
            try FileManager.default.createDirectory(atPath: home.path + "/data/ca", withIntermediateDirectories: true)
            try await Shell.check("cp \(authority.root) \(home.path)/data/ca/ca.pem")
            let first = try await authority.issue("first", names: ["localhost"])
            try BusyDay.install(first, in: folder)
            try await RunningBundle.with(in: home, configuration: BusyDay.configuration(tls: folder)) { bundle in
                let client = CurlClient(bundle)
                let token = try await client.requireToken(Self.repository)
                let small = try bundle.folder.write("small", "a small blob")
                let digest = try await client.upload(small, to: Self.repository, token: token)
                let load = try SteadyLoad(bundle, token: token, repository: Self.repository, digest: digest)
                try await load.answers(more: 200)
                try await body(
                    BusyDay(
                        bundle: bundle, client: client, token: token, load: load, authority: authority, tls: folder))
            }
            home.remove()
            folder.remove()
        }
    }
}
