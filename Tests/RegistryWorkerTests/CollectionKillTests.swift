import Foundation
import RegistryModel
import RegistryStorage
import Testing

@Suite("A collection that is killed", .serialized)
struct CollectionKillTests {
    private static let rounds = ProcessInfo.processInfo.environment["DOCKMASTER_CRASH_ROUNDS"].flatMap(Int.init) ?? 4

    @Test("loses no image, leaves an index that is right, and the next one finishes it")
    func kill() throws {
        let registry = try RegistryProcess()
        let admin = PlainClient(socket: "\(registry.folder)/registry-admin.sock")
        try registry.start()
        var kept: [(tag: String, digest: Digest, layer: [UInt8])] = []
        for round in 0..<Self.rounds {
            for number in 0..<4 {
                let layer = Array("kept \(round) \(number)".utf8)
                let tag = "r\(round)-\(number)"
                kept.append((tag, try registry.client.pushImage(layer, tag, to: "team/kept"), layer))
            }
            for number in 0..<30 {
                try registry.client.push(Array("lost \(round) \(number)".utf8), to: "team/lost\(number)")
            }
            // As if it had been pushed long ago.
            let old = Date(timeIntervalSinceNow: -86_400)
            for case let path as String in FileManager.default.enumerator(atPath: registry.data) ?? .init() {
                try? FileManager.default.setAttributes(
                    [.modificationDate: old], ofItemAtPath: "\(registry.data)/\(path)")
            }
            // Its answer breaks off with the process; the moment differs from round to round.
            let pid = registry.pid
            let killer = Thread {
                usleep(UInt32(2_000 + round * 7_000 % 60_000))
                _ = Glibc.kill(pid, SIGKILL)
            }
            killer.start()
            _ = try? admin.send("POST", "/v1/gc")
            registry.kill()
            try registry.start()
            for image in kept {
                let manifest = try registry.client.send("GET", "/v2/team/kept/manifests/\(image.tag)")
                #expect(manifest.status == 200 && ContentHash.digest(of: manifest.body) == image.digest)
                let digest = try #require(ContentHash.digest(of: image.layer))
                #expect(try registry.client.send("GET", "/v2/team/kept/blobs/\(digest)").body == image.layer)
            }
        }
        var said = ""
        for _ in 0..<600 {
            said = try admin.send("POST", "/v1/gc").text
            if !said.contains("is not complete") { break }
            usleep(50_000)
        }
        #expect(said.contains("\"kind\":\"summary\""), "\(said)")
        let again = try admin.send("POST", "/v1/gc").text
        #expect(again.contains("\"blobs\":0") && again.contains("\"links\":0"), "\(again)")
        // Each image has a layer, a configuration and a manifest.
        let left =
            (FileManager.default.enumerator(atPath: "\(registry.data)/docker/registry/v2/blobs")?.allObjects ?? [])
            .compactMap { $0 as? String }.filter { $0.hasSuffix("/data") }
        #expect(left.count == kept.count * 3)
        #expect(try registry.client.send("GET", "/v2/_catalog").text == "{\"repositories\":[\"team/kept\"]}\n")
    }

    @Test("A hundred clients that push the same blob at once are all told 201, and it is stored once")
    func together() async throws {
        let registry = try RegistryProcess()
        try registry.start()
        let content = [UInt8](repeating: 5, count: 300_000)
        let digest = try #require(ContentHash.digest(of: content))
        let client = registry.client
        let failures = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread {
                            do {
                                try client.push(content, to: "team/app")
                                continuation.resume(returning: nil)
                            } catch {
                                continuation.resume(returning: "\(error)")
                            }
                        }.start()
                    }
                }
            }
            var failures: [String] = []
            for await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
        #expect(failures.isEmpty, "\(failures.prefix(3))")
        #expect(try client.send("GET", "/v2/team/app/blobs/\(digest)").body == content)
        let files = (FileManager.default.enumerator(atPath: "\(registry.data)/docker")?.allObjects ?? [])
            .compactMap { $0 as? String }
        #expect(files.filter { $0.hasSuffix("/data") }.count == 1)
        #expect(!files.contains { $0.contains(".staging/") || $0.contains("_uploads/") })
    }
}
