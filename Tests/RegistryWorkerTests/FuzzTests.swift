import HTTPService
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("Whatever a client sends")
struct FuzzTests {
    /// Rounds of each test; `DOCKMASTER_FUZZ_ROUNDS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["DOCKMASTER_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 300

    /// Pieces of which hostile texts are made.
    private static let pieces = [
        "a", "A", "/", "//", "..", ".", "-", "_", "__", "@", ":", "sha256:", "sha512:", "%", "%2F", "%00", "%ff", "%zz",
        "\u{0}", "é", "\u{202E}", "blobs", "uploads", "manifests", "tags", "list", "referrers", "_catalog", " ", "?",
        "#",
        "&", "=", "n=", "last=", "+", "0", "9", "18446744073709551616", "-1", "bytes=", "bytes ", ",", "*", "\"", "\\",
        String(repeating: "a", count: 300), String(repeating: "0", count: 64), String(repeating: "f", count: 128),
    ]

    private func text(_ generator: inout SeededGenerator, _ most: Int = 8) -> String {
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in
            Self.pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }

    /// A request's target may hold no blanks or controls: no server would parse it.
    private func target(_ generator: inout SeededGenerator) -> String {
        let ends = ["", "/tags/list", "/manifests/", "/blobs/", "/blobs/uploads/", "/referrers/", "/_catalog"]
        let path = "/v2/\(text(&generator))\(ends.randomElement(using: &generator) ?? "")\(text(&generator, 3))"
        let query = Bool.random(using: &generator) ? "?\(text(&generator))" : ""
        return (path + query).utf8.filter { $0 > 0x20 && $0 != 0x7F && $0 != 0x23 }.reduce(into: "") {
            $0 += $1 < 0x80 ? String(UnicodeScalar($1)) : "%" + String($1, radix: 16)
        }
    }

    @Test("as a path, a query or a header: an answer of the protocol, never a 500")
    func requests() async throws {
        try await TestRegistry().run { client in
            var generator = SeededGenerator(seed: 1)
            try await client.pushImage([1], "t", to: "a")
            let methods: [HTTPRequest.Method] = [.get, .head, .put, .post, .patch, .delete, .options]
            for _ in 0..<Self.rounds {
                var headers = HTTPFields()
                for name in [HTTPField.Name.range, .contentRange, .ifNoneMatch, .contentType, .accept, .authorization]
                where Bool.random(using: &generator) {
                    headers[name] = text(&generator, 4)
                }
                let method = methods.randomElement(using: &generator) ?? .get
                let target = target(&generator)
                let body = Bool.random(using: &generator) ? Array(text(&generator).utf8) : nil
                let answer = try await client.send(method, target, headers, body)
                #expect(answer.status.code < 500, "\(method) \(target) \(headers)")
                if answer.status.code >= 400, method != .head { #expect(answer.code != nil, "\(method) \(target)") }
            }
        }
    }

    @Test("as Content-Range and Range: 2xx, 400 or 416, and the upload is as long as it says")
    func ranges() async throws {
        try await TestRegistry().run { client in
            var generator = SeededGenerator(seed: 2)
            let digest = try await client.push(Array(repeating: 7, count: 100), to: "a")
            let location = try #require(try await client.send(.post, "/v2/a/blobs/uploads/").header(.location))
            let numbers = [
                "0", "1", "5", "99", "100", "9223372036854775807", "9223372036854775808", "-1", "", "x", "٣",
            ]
            var size = 0
            for _ in 0..<Self.rounds / 2 {
                let first =
                    Int.random(in: 0...3, using: &generator) == 0
                    ? String(size) : numbers.randomElement(using: &generator) ?? ""
                let last =
                    Bool.random(using: &generator) ? String(size + 3) : numbers.randomElement(using: &generator) ?? ""
                let range = "\(["", "bytes ", "bytes="].randomElement(using: &generator) ?? "")\(first)-\(last)"
                let read = try await client.send(.get, "/v2/a/blobs/\(digest)", [.range: range])
                #expect([200, 206, 416].contains(read.status.code), "\(range)")
                let count = Int.random(in: 0...6, using: &generator)
                let sent = try await client.send(
                    .patch, location, [.contentRange: range], [UInt8](repeating: 1, count: count))
                #expect([202, 400, 416].contains(sent.status.code), "\(range)")
                if sent.status == .accepted { size += count }
                let status = try await client.send(.get, location)
                #expect(status.header(.range) == "0-\(max(0, size - 1))", "\(range) of \(count)")
            }
        }
    }

    @Test("as a manifest, made or broken: created or refused with MANIFEST_ codes, whatever its depth, size and bytes")
    func manifests() async throws {
        try await TestRegistry().run { client in
            var generator = SeededGenerator(seed: 3)
            try await client.pushImage([1], "t", to: "a")
            let good = Array(try await client.send(.get, "/v2/a/manifests/t").body.readableBytesView)
            var candidates: [[UInt8]] = [
                [], [0xFF], Array("null".utf8), Array("[]".utf8), Array("\"".utf8), [0xEF, 0xBB, 0xBF] + good,
                Array(repeating: UInt8(ascii: "["), count: 100_000),
                Array(repeating: UInt8(ascii: "\""), count: 99_999),
                Array(String(repeating: "{\"a\":", count: 70).utf8), good + good, good + [0],
                Array("{\"schemaVersion\":2,\"layers\":[],\"layers\":[]}".utf8),
                Array("{\"schemaVersion\":1e400}".utf8), Array("{\"schemaVersion\":2.5}".utf8),
            ]
            for _ in 0..<Self.rounds {
                var bytes = good
                for _ in 0...Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<5, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(contentsOf: Array(text(&generator, 2).utf8), at: place)
                    case 3: bytes.removeLast(min(bytes.count - 1, place))
                    default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
                    }
                }
                candidates.append(bytes)
            }
            let types = [MediaType.ociManifest, MediaType.ociIndex, MediaType.dockerManifest, "x", ""]
            let start = ContinuousClock.now
            for bytes in candidates {
                let type = types.randomElement(using: &generator) ?? ""
                let answer = try await client.send(.put, "/v2/a/manifests/fuzz", [.contentType: type], bytes)
                let sample = "\(type): \(String(decoding: bytes.prefix(400), as: UTF8.self))"
                #expect([201, 400, 404, 413].contains(answer.status.code), "\(sample)")
                #expect(answer.status == .created || answer.code?.hasPrefix("MANIFEST_") == true, "\(sample)")
            }
            #expect(start.duration(to: .now) < .seconds(60))
        }
    }

    @Test("as a token: 401, with a challenge that is one header line")
    func tokens() async throws {
        try await TestRegistry(isOpen: false).run { client in
            var generator = SeededGenerator(seed: 4)
            let good = Array(try TestToken.make("bob", [("a", ["pull"])]).utf8)
            for _ in 0..<Self.rounds / 2 {
                var bytes = good
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8(ascii: "A") + UInt8(place % 26)
                case 1: bytes.remove(at: place)
                case 2: bytes.removeLast(place)
                default: bytes.insert(UInt8(ascii: "."), at: place)
                }
                guard bytes != good else { continue }
                let token = String(decoding: bytes, as: UTF8.self)
                let answer = try await client.with(token: token).send(.get, "/v2/a/tags/list")
                // A changed last letter of the signature may stand for the same bytes.
                guard answer.status != .notFound else { continue }
                #expect(answer.status == .unauthorized && answer.code == "UNAUTHORIZED", "\(token)")
                let challenge = try #require(answer.header(.wwwAuthenticate))
                #expect(challenge.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            }
        }
    }

    @Test("as a cursor: a page that ends, in order")
    func cursors() async throws {
        try await TestRegistry().run { client in
            var generator = SeededGenerator(seed: 5)
            for tag in ["a", "b", "c"] { try await client.pushImage([1], tag, to: "r") }
            for _ in 0..<Self.rounds / 2 {
                let last = RequestQuery.encode(text(&generator, 3))
                for path in ["/v2/r/tags/list", "/v2/_catalog"] {
                    let answer = try await client.send(.get, "\(path)?n=2&last=\(last)")
                    #expect(answer.status == .ok, "\(last)")
                }
            }
        }
    }
}
