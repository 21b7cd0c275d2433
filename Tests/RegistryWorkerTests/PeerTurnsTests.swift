import Foundation
import RegistryModel
import RegistryStorage
import Testing

/// Each of both registries meets what the other has left, on one folder.
@Suite("In turns with Debian's docker-registry on one folder", .serialized)
struct PeerTurnsTests {
    private let registry: RegistryProcess
    private let peer: PeerProcess

    init() throws {
        registry = try RegistryProcess()
        peer = try PeerProcess(beside: registry)
    }

    /// Runs `body` while our registry serves; then it ends as by a crash.
    private func ours<Value>(_ body: (PlainClient) throws -> Value) throws -> Value {
        try registry.start()
        defer { registry.kill() }
        return try body(registry.client)
    }

    private func layer(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 3_000) }

    private func tags(_ client: PlainClient, _ repository: String = "team/app") throws -> Set<String> {
        struct List: Decodable { var tags: [String]? }
        let answer = try client.send("GET", "/v2/\(repository)/tags/list")
        return Set(try JSONDecoder().decode(List.self, from: Data(answer.body)).tags ?? [])
    }

    /// Manifest, configuration and layer are there, and as their digests say.
    private func isWhole(_ digest: Digest, _ layer: [UInt8], _ client: PlainClient) throws -> Bool {
        let manifest = try client.send("GET", "/v2/team/app/manifests/\(digest)", ["Accept": MediaType.ociManifest])
        guard manifest.status == 200, ContentHash.digest(of: manifest.body) == digest,
            let name = ContentHash.digest(of: layer)
        else { return false }
        let blob = try client.send("GET", "/v2/team/app/blobs/\(name)")
        return blob.status == 200 && blob.body == layer
    }

    @Test(
        "pushes, moved tags, deletions and the peer's garbage-collect are seen by the other, and nothing else is lost")
    func turns() throws {
        var digests = try ours { client in
            try (1...4).map { try client.pushImage(layer($0), "t\($0)", to: "team/app") }
        }
        // The peer sees all of it, deletes one by its digest, pushes another, and moves a tag.
        try peer.serve { client in
            #expect(try tags(client) == ["t1", "t2", "t3", "t4"])
            for number in 0..<4 { #expect(try isWhole(digests[number], layer(UInt8(number) + 1), client)) }
            #expect(try client.send("DELETE", "/v2/team/app/manifests/\(digests[0])").status == 202)
            digests.append(try client.pushImage(layer(5), "t5", to: "team/app"))
            try client.pushImage(layer(5), "t4", to: "team/app")
        }
        // We see that, delete another, and push again what the peer has deleted.
        try ours { client in
            #expect(try client.send("GET", "/v2/team/app/manifests/\(digests[0])").status == 404)
            #expect(
                try client.send("GET", "/v2/team/app/manifests/t4").headers["docker-content-digest"] == "\(digests[4])")
            #expect(try tags(client).isSuperset(of: ["t2", "t3", "t4", "t5"]))
            #expect(try isWhole(digests[4], layer(5), client))
            #expect(try client.send("DELETE", "/v2/team/app/manifests/\(digests[1])").status == 202)
            #expect(try client.pushImage(layer(1), "t1", to: "team/app") == digests[0])
            digests.append(try client.pushImage(layer(6), "t6", to: "team/app"))
        }
        // Its collection removes what nothing names, and leaves what we have pushed.
        let said = try peer.collect()
        #expect(said.contains("eligible for deletion"), "\(said)")
        try peer.serve { (client) throws in
            #expect(try client.send("GET", "/v2/team/app/manifests/\(digests[1])").status == 404)
            for (number, content) in [(0, 1), (2, 3), (4, 5), (5, 6)] {
                #expect(try isWhole(digests[number], layer(UInt8(content)), client), "\(number)")
            }
        }
        // What went with it is gone for us too; pushed again, it is whole.
        try ours { client in
            let gone = try #require(ContentHash.digest(of: layer(2)))
            #expect(try client.send("GET", "/v2/team/app/blobs/\(gone)").status == 404)
            #expect(try client.send("HEAD", "/v2/team/app/blobs/\(gone)").status == 404)
            #expect(try client.pushImage(layer(2), "t2", to: "team/app") == digests[1])
            for number in [0, 2, 4, 5, 1] {
                let content = [0: 1, 1: 2, 2: 3, 4: 5, 5: 6][number] ?? 0
                #expect(try isWhole(digests[number], layer(UInt8(content)), client), "\(number)")
            }
        }
        // All untagged go by its other way of collecting; a tagged image stays.
        _ = try peer.collect("-m")
        let atOurs = try ours { client in try isWhole(digests[0], layer(1), client) }
        let atPeer = try peer.serve { client in try isWhole(digests[1], layer(2), client) }
        #expect(atOurs && atPeer)
    }

    @Test("an upload that the one began ends at the other whole or not at all, never with wrong bytes")
    func uploads() throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let digest = try #require(ContentHash.digest(of: content))
        let half = content.count / 2
        func begin(_ client: PlainClient, _ repository: String) throws -> String {
            let location = try #require(try client.send("POST", "/v2/\(repository)/blobs/uploads/").headers["location"])
            let answer = try client.send(
                "PATCH", path(location), ["Content-Type": "application/octet-stream"], Array(content[..<half]))
            #expect(answer.status == 202)
            return path(try #require(answer.headers["location"]))
        }
        func end(_ client: PlainClient, _ place: String, _ repository: String) throws -> Int {
            let rest = try client.send(
                "PATCH", place, ["Content-Type": "application/octet-stream"], Array(content[half...]))
            var status = rest.status
            if status == 202, let next = rest.headers["location"].map(path) {
                status = try client.send("PUT", "\(next)\(next.contains("?") ? "&" : "?")digest=\(digest)").status
            }
            let blob = try client.send("GET", "/v2/\(repository)/blobs/\(digest)")
            #expect(status == 201 ? blob.status == 200 && blob.body == content : blob.status == 404, "\(status)")
            return status
        }
        // Ours begins. The peer's place holds a signature of its own state: it takes ours only if that is missing.
        let ourPlace = try ours { try begin($0, "begun/ours") }
        let atPeer = try peer.serve { try end($0, ourPlace, "begun/ours") }
        #expect(atPeer >= 400 && atPeer < 500, "no state of ours is taken for its own: \(atPeer)")
        // It goes on at ours after that, as if nothing had been, or is refused cleanly.
        _ = try ours { try end($0, ourPlace, "begun/ours") }
        // The peer begins; we read what it has, and finish it.
        let peerPlace = try peer.serve { try begin($0, "begun/peer") }
        let bare = String(peerPlace.prefix { $0 != "?" })
        let atOurs = try ours { client in try end(client, bare, "begun/peer") }
        #expect(atOurs == 201)
        let seen = try peer.serve { client in try client.send("GET", "/v2/begun/peer/blobs/\(digest)").body }
        #expect(seen == content)
    }

    private func path(_ location: String) -> String {
        location.firstRange(of: "/v2/").map { String(location[$0.lowerBound...]) } ?? location
    }
}
