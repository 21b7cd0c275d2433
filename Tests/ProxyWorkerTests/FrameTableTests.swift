import BundleConfig
import NIOCore
import NIOHPACK
import Synchronization
import Testing

@testable import ProxyWorker

/// Every row on a connection of its own, all through one proxy. As h2spec, and further: what the upstream saw counts too, read
/// byte by byte (`WireRequest`).
@Suite("HTTP/2 frames from a client", .timeLimit(.minutes(2)))
struct FrameTableTests {
    private static let rows =
        FrameRow.basics + FrameRow.streams + FrameRow.dataAndHeaders + FrameRow.connectionFrames + FrameRow.requests
        + FrameRow.compression

    @Test("end in the error that the RFC names, or in one request that can be read in one way only")
    func table() async throws {
        #expect(Self.rows.count >= 140)
        let names = Self.rows.map { "\($0.section) \($0.name)" }
        #expect(Set(names).count == names.count, "two rows are the same")
        let proxy = try await TestProxy.start()
        proxy.upstream.seen.withLock { $0.keepsBytes = true }
        for (number, row) in Self.rows.enumerated() { try await check(row, Self.path(number), proxy) }
        try await checkUpstream(proxy)
        await proxy.stop()
    }

    private static func path(_ number: Int) -> String { "/v2/row\(number)" }

    private func check(_ row: FrameRow, _ path: String, _ proxy: TestProxy) async throws {
        let client = try await RawClient.connect(port: proxy.https, protocols: ["h2"])
        let start = row.isRaw ? [] : Frames.preface + Frames.settings()
        try await client.send(ByteBuffer(bytes: start + row.frames(path)))
        let title = Comment(rawValue: "\(row.section) \(row.name)")
        switch row.outcome {
        case .connectionError(let codes):
            await eventually(title) { client.isClosed }
            let said = Answers(client).farewells
            #expect(said.contains { codes.map(\.rawValue).contains($0) }, "\(title): GOAWAY \(said)")
        case .streamError(let stream, let codes):
            await eventually(title) { !Answers(client).resets(of: stream).isEmpty || client.isClosed }
            let answers = Answers(client)
            let said = answers.resets(of: stream) + answers.farewells
            #expect(
                said.contains { codes.map(\.rawValue).contains($0) }, "\(title): \(said), status \(answers.statuses)")
            #expect(!answers.isAnswered(stream), "\(title)")
        case .answered(let stream, let status):
            await eventually(title) { Answers(client).isAnswered(stream) || client.isClosed }
            #expect(Answers(client).statuses[stream] == status, "\(title): \(Answers(client))")
            if !row.name.hasPrefix("GOAWAY") { try await goesOn(client, title) }
        case .ignored:
            try await goesOn(client, title)
            #expect(Answers(client).statuses.isEmpty, "\(title)")
        case .closed:
            await eventually(title) { client.isClosed }
        }
        await client.close()
    }

    /// A PING of our own is answered: the connection lives, and all that was sent before has been read.
    private func goesOn(_ client: RawClient, _ title: Comment) async throws {
        let mark: [UInt8] = [0x64, 0x6F, 0x63, 0x6B, 1, 2, 3, 4]
        try? await client.send(ByteBuffer(bytes: Frames.frame(6, mark)))
        await eventually(title) {
            client.isClosed
                || Frames.all(in: client.bytes).contains { $0.type == 6 && $0.flags == 1 && $0.payload == mark }
        }
        #expect(!client.isClosed, "\(title): \(Answers(client))")
        #expect(Answers(client).farewells.isEmpty, "\(title): \(Answers(client))")
    }

    /// Of each row's path the upstream has seen what it was to see; and of no other path anything.
    private func checkUpstream(_ proxy: TestProxy) async throws {
        let requests = { () throws -> [WireRequest] in
            try proxy.upstream.seen.withLock { $0.bytes }.values.flatMap { try WireRequest.all(in: $0) }
        }
        let wanted = Self.rows.count { if case .one = $0.upstream { true } else { false } }
        try await eventually("all requests arrive") { try requests().count { $0.isComplete } >= wanted }
        var left = try requests()
        for (number, row) in Self.rows.enumerated() {
            let path = Self.path(number)
            let own = left.filter { request in
                let target = request.line.split(separator: " ").dropFirst().first ?? ""
                return target == path || target == "/v2/hang\(path.dropFirst(3))"
            }
            left.removeAll { request in own.contains { $0.line == request.line } }
            let title = "\(row.section) \(row.name): \(own.map(\.line))"
            switch row.upstream {
            case .nothing: #expect(own.isEmpty, "\(title)")
            case .maybe: #expect(own.count <= 1, "\(title)")
            case .unfinished: #expect(own.count <= 1 && own.allSatisfy { !$0.isComplete }, "\(title)")
            case .one(let method, let body):
                #expect(own.count == 1 && own.first?.isComplete == true, "\(title)")
                #expect(own.first?.line.hasPrefix("\(method) ") == true, "\(title)")
                #expect(own.first.map { String(decoding: $0.body, as: UTF8.self) } == body, "\(title)")
            }
        }
        #expect(left.isEmpty, "\(left.map(\.line))")
    }

    /// What a client has got, as far as the table asks for it.
    private struct Answers: CustomStringConvertible {
        /// Error codes of GOAWAY but for NO_ERROR.
        var farewells: [UInt32] = []
        /// Statuses by stream.
        var statuses: [UInt32: Int] = [:]
        private var resets: [(stream: UInt32, code: UInt32)] = []
        private var ended: Set<UInt32> = []

        init(_ client: RawClient) {
            var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
            for frame in Frames.whole(in: client.bytes) {
                switch frame.type {
                case 0 where frame.flags & 1 == 1: ended.insert(frame.stream)
                case 1:
                    var block = ByteBuffer(bytes: frame.payload)
                    let fields = try? decoder.decodeHeaders(from: &block)
                    statuses[frame.stream] = fields?.first(name: ":status").flatMap { Int($0) } ?? 0
                    if frame.flags & 1 == 1 { ended.insert(frame.stream) }
                case 3: resets.append((frame.stream, Frames.number(frame.payload)))
                case 7:
                    let code = Frames.number(Array(frame.payload.dropFirst(4)))
                    if code != 0 { farewells.append(code) }
                default: break
                }
            }
        }

        func resets(of stream: UInt32) -> [UInt32] { resets.filter { $0.stream == stream }.map(\.code) }
        func isAnswered(_ stream: UInt32) -> Bool { statuses[stream] != nil && ended.contains(stream) }
        var description: String { "statuses \(statuses), resets \(resets), GOAWAY \(farewells)" }
    }
}
