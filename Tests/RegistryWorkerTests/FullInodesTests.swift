import Foundation
import Testing

/// Real file systems without room for one more name: the bytes of a push fit, what its end needs does not.
@Suite("On a disk that has no room for a further name", .serialized)
struct FullInodesTests {
    enum Disk: String, CaseIterable, Sendable {
        case tmpfs
        case ext4

        var mount: String {
            switch self {
            case .tmpfs: "mount -t tmpfs -o size=24m,nr_inodes=600 tmpfs $DATA"
            case .ext4:
                """
                truncate -s 24M $DATA.img && mkfs.ext4 -q -m 0 -N 600 -O ^has_journal $DATA.img \
                && mount -o loop $DATA.img $DATA
                """
            }
        }
    }

    /// A push of a blob needs at most so many names, one of a manifest with its tag as well.
    private static let most = 24

    /// Takes every name but some.
    private static func fill(_ registry: RegistryProcess, leaving room: Int) throws {
        try registry.shell(
            """
            mkdir -p fill && cd fill && n=0; while [ $n -lt 800 ] && true 2>/dev/null >f$n; do n=$((n+1)); done
            n=0; while [ $n -lt \(room) ]; do rm f$n; n=$((n+1)); done
            """)
    }

    private static func free(_ registry: RegistryProcess) throws {
        try registry.shell("rm -rf fill")
    }

    private static func check(_ answer: PlainClient.Answer, _ stage: String) {
        #expect(
            answer.status == 507 && answer.text.contains("disk is full"), "\(stage): \(answer.status) \(answer.text)")
    }

    /// What distribution would show a client of a change that was refused.
    private static func leftovers(_ registry: RegistryProcess, below folder: String) throws -> String {
        try registry.shell(
            "for f in .staging repositories/\(folder); do find docker/registry/v2/$f -mindepth 1 ! -path '*_uploads*'; done"
        )
    }

    @Test(
        "the closing PUT is done or refused with 507, whichever name is missing, and leaves nothing",
        arguments: Disk.allCases)
    func closing(disk: Disk) throws {
        let registry = try RegistryProcess()
        try registry.start(mounting: disk.mount)
        let client = registry.client
        try client.pushImage([7], "kept", to: "team/kept")
        var refused = 0
        for room in 0..<Self.most {
            let bytes = Array("layer \(room)".utf8)
            let digest = try client.digest(of: "layer \(room)")
            let begun = try client.send("POST", "/v2/room\(room)/app/blobs/uploads/")
            let location = try #require(begun.headers["location"])
            #expect(try client.send("PATCH", location, [:], bytes).status == 202)
            try Self.fill(registry, leaving: room)
            let closed = try client.send("PUT", "\(location)?digest=\(digest)")
            let path = "/v2/room\(room)/app/blobs/\(digest)"
            if closed.status == 201 {
                #expect(try client.send("GET", path).body == bytes)
                #expect(refused > 0, "even the first had room")
                return
            }
            refused += 1
            Self.check(closed, "with room for \(room)")
            #expect(try client.send("GET", path).status == 404)
            #expect(try client.send("GET", "/v2/room\(room)/app/tags/list").status == 404)
            #expect(try client.send("GET", "/v2/team/kept/manifests/kept").status == 200)
            try Self.free(registry)
            #expect(try Self.leftovers(registry, below: "room\(room)/app").filter { $0 != "\n" } == "")
            #expect(try client.push(bytes, to: "room\(room)/app") == digest)
            #expect(try client.send("GET", path).body == bytes)
        }
        Issue.record("no push went through with room for \(Self.most) names")
    }

    @Test(
        "a manifest and its tag are there together or not at all, and a tag that stood still leads where it led",
        arguments: Disk.allCases)
    func tagging(disk: Disk) throws {
        let registry = try RegistryProcess()
        try registry.start(mounting: disk.mount)
        let client = registry.client
        let kept = try client.pushImage([7], "kept", to: "team/app")
        let config = try client.push(Array("{}".utf8), to: "team/app")
        let layer = try client.push([1], to: "team/app")
        var refused = 0
        for room in 0..<Self.most {
            let text = imageText(config, layer, 1, ",\"annotations\":{\"room\":\"\(room)\"}")
            var outcomes: [Bool] = []
            // A tag of its own, then one that stands already.
            for tag in ["new\(room)", "kept"] {
                try Self.fill(registry, leaving: room)
                let digest = try client.digest(of: text)
                let put = try client.send(
                    "PUT", "/v2/team/app/manifests/\(tag)",
                    ["Content-Type": "application/vnd.oci.image.manifest.v1+json"], Array(text.utf8))
                outcomes.append(put.status == 201)
                let tags = try client.send("GET", "/v2/team/app/tags/list").text
                let byDigest = try client.send("GET", "/v2/team/app/manifests/\(digest)")
                if put.status == 201 {
                    #expect(try client.send("GET", "/v2/team/app/manifests/\(tag)").body == Array(text.utf8))
                } else {
                    Self.check(put, "\(tag) with room for \(room)")
                    refused += 1
                    #expect(byDigest.status == 404, "\(tag) with room for \(room)")
                    let old = try client.send("GET", "/v2/team/app/manifests/kept")
                    #expect(old.headers["docker-content-digest"] == "\(kept)")
                    #expect(!tags.contains("new\(room)"))
                    #expect(
                        try registry.shell("ls docker/registry/v2/repositories/team/app/_manifests/tags") == "kept\n")
                    #expect(try registry.shell("ls -A docker/registry/v2/.staging") == "")
                }
                try Self.free(registry)
                if outcomes == [true] { break }
            }
            if outcomes == [true] {
                #expect(refused > 2, "room for one name was enough")
                return
            }
            // One that needs no tag of its own may have moved the tag: back again.
            #expect(try client.pushImage([7], "kept", to: "team/app") == kept)
            try client.put(text, as: "later", in: "team/app")
            for reference in ["later", "\(try client.digest(of: text))"] {
                #expect(try client.send("DELETE", "/v2/team/app/manifests/\(reference)").status == 202)
            }
        }
        Issue.record("no push went through with room for \(Self.most) names")
    }
}
