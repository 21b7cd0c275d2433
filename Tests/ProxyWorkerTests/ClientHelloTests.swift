import Foundation
import NIOCore
import Testing

@testable import ProxyWorker

@Suite("A ClientHello", .timeLimit(.minutes(1)))
struct ClientHelloTests {
    @Test(
        "of a real client is read",
        arguments: [
            ["-servername", "A.test", "-alpn", "acme-tls/1"], ["-noservername", "-alpn", "h2,http/1.1"],
            ["-servername", "a.test", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256"],
            ["-servername", "a.test", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256", "-curves", "P-384"],
        ])
    func openssl(_ arguments: [String]) async throws {
        let catcher = try await HelloCatcher.start()
        _ = try await Tool.client(port: catcher.port, arguments)
        let hello = try #require(Self.read(catcher.last))
        let value = { (name: String) in arguments.firstIndex(of: name).map { arguments[$0 + 1] } }
        #expect(hello.serverName == value("-servername")?.lowercased())
        #expect(
            hello.applicationProtocols?.map { String(decoding: $0, as: UTF8.self) }
                == value("-alpn")?.split(separator: ",").map(String.init))
        if arguments.contains("-sigalgs") { #expect(hello.signatureSchemes == [0x0804, 0x0401]) }
        #expect(hello.offersTLS13 != arguments.contains("-tls1_2"))
        if arguments.contains("-cipher") {
            #expect(hello.cipherSuites.contains(0xC02B) && !hello.cipherSuites.contains(0xC02F))
            #expect(hello.groups == [24])
        }
        await catcher.stop()
    }

    @Test("of curl is read", arguments: ["--http1.1", "--http2"])
    func curl(_ version: String) async throws {
        let catcher = try await HelloCatcher.start()
        _ = try await Tool.run(
            "/usr/bin/curl",
            [
                "-sk", version, "--max-time", "10", "--resolve", "c.test:\(catcher.port):127.0.0.1",
                "https://c.test:\(catcher.port)/",
            ])
        let hello = try #require(Self.read(catcher.last))
        #expect(hello.serverName == "c.test" && hello.offersTLS13)
        #expect(hello.applicationProtocols?.last == Array("http/1.1".utf8))
        await catcher.stop()
    }

    @Test("is the same however it is cut into records and reads")
    func pieces() async throws {
        let catcher = try await HelloCatcher.start()
        _ = try await Tool.client(port: catcher.port, ["-servername", "a.test", "-alpn", "h2"])
        let whole = catcher.last
        await catcher.stop()
        let expected = try #require(Self.read(whole))
        let message = Array(whole.readableBytesView.dropFirst(5))
        for record in [1, 2, 3, 7, 100, message.count] {
            let bytes = Self.records(message, of: record)
            for read in [1, 2, 5, 6, 64, bytes.count] {
                var records = ClientHelloRecords()
                var outcomes: [ClientHelloRecords.Outcome] = []
                for start in stride(from: 0, to: bytes.count, by: read) {
                    outcomes.append(records.receive(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + read)])))
                }
                #expect(outcomes.last == .hello(expected), "records of \(record), reads of \(read)")
                #expect(outcomes.dropLast().allSatisfy { $0 == .incomplete })
                #expect(Array(records.received.readableBytesView) == bytes)
            }
        }
    }

    @Test(
        "that is cut short or changed is refused or read, and nothing else happens", arguments: [1, 2, 3] as [UInt64])
    func changed(_ seed: UInt64) async throws {
        let catcher = try await HelloCatcher.start()
        _ = try await Tool.client(port: catcher.port, ["-servername", "a.test", "-alpn", "h2"])
        let message = Array(catcher.last.readableBytesView.dropFirst(5))
        await catcher.stop()
        let body = message.dropFirst(4)
        for length in 0..<body.count where length < body.count - 1 {
            // Only the end of the compression methods may be the end: extensions are not mandatory.
            let hello = try? ClientHello(body.prefix(length))
            #expect(hello == nil || hello?.signatureSchemes == nil, "cut after \(length)")
        }
        #expect(throws: ByteReader.Malformed.self) { try ClientHello(body + [0]) }
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<5_000 {
            var changed = message
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if Self.read(ByteBuffer(bytes: Self.records(changed, of: changed.count))) == nil { refused += 1 }
        }
        #expect(refused > 100 && refused < 5_000)
    }

    @Test("is not seen in random bytes", arguments: [11, 12, 13, 14] as [UInt64])
    func random(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<5_000 {
            var bytes = (0..<Int.random(in: 1...600, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if round.isMultiple(of: 2), bytes.count > 9 {
                let length = UInt16(bytes.count - 5)
                bytes.replaceSubrange(
                    0..<9,
                    with: [
                        22, 3, 1, UInt8(length >> 8), UInt8(length & 255), 1, 0, UInt8((length - 4) >> 8),
                        UInt8((length - 4) & 255),
                    ])
            }
            #expect(Self.read(ByteBuffer(bytes: bytes)) == nil)
        }
    }

    @Test("is bounded, and a record must hold something")
    func bounds() {
        var records = ClientHelloRecords()
        #expect(records.receive(ByteBuffer(bytes: [22, 3, 1, 0, 4, 1, 0, 0x40, 1])) == .malformed)
        records = ClientHelloRecords()
        #expect(records.receive(ByteBuffer(bytes: [22, 3, 1, 0, 0])) == .malformed)
        records = ClientHelloRecords()
        #expect(records.receive(ByteBuffer(bytes: [22, 3, 1, 0x40, 1])) == .malformed)
        records = ClientHelloRecords()
        #expect(records.receive(ByteBuffer(string: "G")) == .malformed)
        records = ClientHelloRecords()
        #expect(records.receive(ByteBuffer(bytes: [22, 3, 1, 0, 4, 2, 0, 0, 0])) == .malformed)
    }

    private static func read(_ bytes: ByteBuffer) -> ClientHello? {
        var records = ClientHelloRecords()
        if case .hello(let hello) = records.receive(bytes) { return hello }
        return nil
    }

    private static func records(_ message: [UInt8], of size: Int) -> [UInt8] {
        stride(from: 0, to: message.count, by: size).flatMap { start -> [UInt8] in
            let content = message[start..<min(message.count, start + size)]
            return [22, 3, 1, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
        }
    }
}
