import Foundation
import Testing

/// Real file systems that are full, in mounts that only the registry sees.
@Suite("On a full disk", .serialized)
struct FullDiskTests {
    enum Disk: String, CaseIterable, Sendable {
        case tmpfs
        case ext4

        /// 12 MB at `$DATA`; without blocks that are kept for root.
        var mount: String {
            switch self {
            case .tmpfs: "mount -t tmpfs -o size=12m tmpfs $DATA"
            case .ext4:
                """
                truncate -s 12M $DATA.img && mkfs.ext4 -q -m 0 -O ^has_journal $DATA.img && mount -o loop $DATA.img $DATA
                """
            }
        }
    }

    private static let layer = [UInt8](repeating: 7, count: 5_000)

    /// Fills the disk to the last byte, whatever is given.
    private static func fill(_ registry: RegistryProcess) throws {
        try registry.shell(
            """
            for n in 1 2 3; do cat /dev/zero >filler.$n 2>/dev/null || true; sync -f .; done
            n=0; while [ $n -lt 400 ] && echo x 2>/dev/null >filler.small.$n; do n=$((n+1)); done; sync -f .
            """)
    }

    private static func free(_ registry: RegistryProcess) throws {
        try registry.shell("rm -f filler*")
    }

    @Test(
        "a push gets 507 at whatever stage, health says why, pulls go on, and it recovers by itself",
        arguments: Disk.allCases)
    func stages(disk: Disk) throws {
        let registry = try RegistryProcess()
        try registry.start(mounting: disk.mount)
        let client = registry.client
        let layer = Self.layer
        let digest = try client.pushImage(layer, "kept", to: "team/app")

        // A layer that does not fit.
        let tooMuch = [UInt8](repeating: 1, count: 20 << 20)
        let before = try registry.shell("df --output=used . | tail -1")
        let refused = try Self.refusal { try client.push(tooMuch, to: "team/app") }
        #expect(refused.step == "PATCH")
        Self.check(refused)
        #expect(try registry.shell("find . -path '*_uploads/*' -name data | wc -l").hasPrefix("0"))
        let after = try registry.shell("df --output=used . | tail -1")
        #expect(abs((Int(before.filter(\.isNumber)) ?? 0) - (Int(after.filter(\.isNumber)) ?? 0)) < 100)
        // There is room again already.
        try client.pushImage([1, 2, 3], "small", to: "team/app")

        // Every later stage, each reached while there was room, then met by a full disk.
        let config = try client.push(Array("{}".utf8), to: "team/app")
        let text = imageText(config, try client.push(layer, to: "team/app"), layer.count)
        let upload = try client.send("POST", "/v2/team/app/blobs/uploads/")
        let location = try #require(upload.headers["location"])
        try Self.fill(registry)
        Self.check(try Self.refusal { try client.push([9], to: "team/other") })
        let patch = try client.send("PATCH", location, [:], layer)
        Self.check(PlainClient.Refused(step: "PATCH", answer: patch))
        Self.check(try Self.refusal { try client.put(text, as: "next", in: "team/app") })
        // What was refused has given its few bytes back.
        try Self.fill(registry)
        let health = try client.send("GET", "/healthz")
        #expect(health.status == 503)
        #expect(health.text.contains("disk full"), "\(health.text)")
        let base = try client.send("GET", "/v2/")
        #expect(base.status == 200, "docker asks here before it pulls, too")
        #expect(base.headers["warning"]?.contains("disk is full") == true, "\(base.headers)")
        // Pulls.
        let manifest = try client.send("GET", "/v2/team/app/manifests/kept")
        #expect(manifest.status == 200)
        #expect(manifest.headers["docker-content-digest"] == "\(digest)")
        #expect(try client.send("GET", "/v2/team/app/tags/list").text.contains("kept"))

        try Self.free(registry)
        try client.put(text, as: "next", in: "team/app")
        #expect(try client.send("GET", "/healthz").status == 200)
        #expect(try client.send("GET", "/v2/").headers["warning"] == nil)
        #expect(try registry.shell("ls -A docker/registry/v2/.staging | wc -l").hasPrefix("0"))
    }

    /// The refusal that a push ends in.
    private static func refusal(_ push: () throws -> Void) throws -> PlainClient.Refused {
        do {
            try push()
        } catch let refused as PlainClient.Refused {
            return refused
        }
        throw RegistryProcess.Failure(description: "the push went through")
    }

    private static func check(_ refused: PlainClient.Refused) {
        #expect(refused.answer.status == 507, "\(refused)")
        #expect(refused.answer.text.contains("disk is full"), "\(refused)")
        #expect(refused.answer.text.contains("Free space"), "\(refused)")
        #expect(!refused.answer.text.contains("/tmp/"), "no path of the server: \(refused)")
    }
}
