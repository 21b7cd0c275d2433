import BundleConfig
import NIOCore
import Synchronization
import Testing

@testable import ProxyWorker

/// Every row on a connection of its own, all through one proxy. What the upstream saw is read byte by byte (`WireRequest`).
@Suite("Raw bytes from a client", .timeLimit(.minutes(2)))
struct RawTableTests {
    @Test("are refused or forwarded as one request that can be read in one way only")
    func table() async throws {
        let rows = RawRow.framing + RawRow.heads + RawRow.targets
        #expect(rows.count >= 150)
        let names = rows.map { "\($0.name)\($0.outcome)" }
        #expect(Set(names).count == rows.count, "two rows are the same")
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.limits.body = .init(bytes: 1 << 20)
        }
        proxy.upstream.seen.withLock { $0.keepsBytes = true }
        for (number, row) in rows.enumerated() { try await check(row.numbered(number), proxy) }
        await proxy.stop()
    }

    @Test("come to the same however they are cut into packets")
    func pieces() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.limits.body = .init(bytes: 1 << 20)
        }
        proxy.upstream.seen.withLock { $0.keepsBytes = true }
        for (number, row) in RawRow.framing.enumerated() where row.bytes.count < 200 {
            try await check(row.numbered(number), proxy, piece: 1)
        }
        await proxy.stop()
    }

    private func check(_ row: RawRow, _ proxy: TestProxy, piece: Int? = nil) async throws {
        proxy.upstream.seen.withLock { $0.bytes = [:] }
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let follower = "GET /v2/follower HTTP/1.1\r\nHost: a.test\r\n\r\n"
        switch row.outcome {
        case .refused(let status), .cut(let status):
            // A request behind it would be answered, were the connection not closed.
            try await send(row.bytes + Array(follower.utf8), client, piece)
            let text = await client.textUntilClose()
            #expect(text?.hasPrefix("HTTP/1.1 \(status) ") == true, "\(row.name): \(text?.prefix(200) ?? "not closed")")
            #expect(text?.components("HTTP/1.1 ") == 1, "\(row.name): several answers")
        case .seen(let line, let body):
            try await send(row.bytes + (row.closes ? [] : Array(follower.utf8)), client, piece)
            let text = await client.text { $0.contains(row.closes ? "\r\n\r\n" : "/v2/follower") }
            #expect(text.hasPrefix("HTTP/1.1 200 "), "\(row.name): \(text.prefix(200))")
            let requests = seen(row, proxy)
            #expect(requests.first?.line == line, "\(row.name)")
            #expect(requests.first.map { String(decoding: $0.body, as: UTF8.self) } == body, "\(row.name)")
            #expect(requests.first?.isComplete == true, "\(row.name)")
            #expect(
                requests.dropFirst().map(\.line) == (row.closes ? [] : ["GET /v2/follower HTTP/1.1"]), "\(row.name)")
            if let first = requests.first { checkFields(first, row) }
        case .answered(let status):
            try await send(row.bytes + Array(follower.utf8), client, piece)
            let text = await client.text { $0.contains("/v2/follower") }
            #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(row.name): \(text.prefix(200))")
            #expect(seen(row, proxy).map(\.line) == ["GET /v2/follower HTTP/1.1"], "\(row.name)")
        case .waits:
            try await send(row.bytes, client, piece)
            #expect(client.text.isEmpty && !client.isClosed, "\(row.name)")
        }
        await client.close()
        switch row.outcome {
        case .refused, .waits: #expect(seen(row, proxy).isEmpty, "\(row.name)")
        case .cut:
            let requests = seen(row, proxy)
            #expect(requests.count <= 1 && requests.allSatisfy { !$0.isComplete }, "\(row.name): \(requests)")
        case .seen, .answered: break
        }
    }

    private func send(_ bytes: [UInt8], _ client: RawClient, _ piece: Int?) async throws {
        guard let piece else {
            try await client.send(.init(bytes: bytes))
            return
        }
        for start in stride(from: 0, to: bytes.count, by: piece) {
            // The proxy may have closed by now.
            try? await client.send(.init(bytes: bytes[start..<min(bytes.count, start + piece)]))
        }
    }

    private func seen(_ row: RawRow, _ proxy: TestProxy) -> [WireRequest] {
        proxy.upstream.seen.withLock { $0.bytes }.values.flatMap { bytes in
            do {
                // What a row before it has sent in vain may arrive only now.
                return try WireRequest.all(in: bytes).filter {
                    !$0.line.contains("/v2/cut") || $0.line.contains(row.own)
                }
            } catch {
                Issue.record("\(row.name): the upstream got \(error)")
                return []
            }
        }
    }

    private func checkFields(_ request: WireRequest, _ row: RawRow) {
        let fields = request.fields.map { "\($0.name): \($0.value)" }
        for field in row.with { #expect(fields.contains(field), "\(row.name): \(fields)") }
        for field in row.without {
            let isThere = field.contains(": ") ? fields.contains(field) : !request.values(field).isEmpty
            #expect(!isThere, "\(row.name): \(fields)")
        }
        for name in ["x-request-id", "x-real-ip", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "host"] {
            #expect(request.values(name).count == 1, "\(row.name): \(name)")
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: true).count
    }
}
