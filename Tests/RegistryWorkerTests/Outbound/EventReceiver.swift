import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A server that takes notifications, and answers each as the test wants.
final class EventReceiver: Sendable {
    /// A notification as it came.
    struct Received: Sendable {
        var headers: HTTPFields
        var body: [UInt8]
    }

    private let received = Mutex<[Received]>([])
    private let answer: @Sendable (Int) async -> HTTPResponse.Status

    /// - Parameter answer: the status for each request, counted from 0.
    init(_ answer: @escaping @Sendable (Int) async -> HTTPResponse.Status = { _ in .ok }) {
        self.answer = answer
    }

    func start(port: Int = 0) async throws -> TestServer {
        try await TestServer(port: port) { request in
            let body = try await request.body.collect(upTo: 8 << 20)
            let number = self.received.withLock { received in
                received.append(Received(headers: request.headers, body: Array(body.readableBytesView)))
                return received.count - 1
            }
            return Response(status: await self.answer(number))
        }
    }

    var all: [Received] { received.withLock { $0 } }

    /// Every event of every envelope, in the order of arrival.
    var events: [[String: Any]] {
        all.flatMap { received in
            let object = try? JSONSerialization.jsonObject(with: Data(received.body)) as? [String: Any]
            return object?["events"] as? [[String: Any]] ?? []
        }
    }

    /// What `request.id` says of each event.
    var numbers: [String] { events.compactMap { ($0["request"] as? [String: Any])?["id"] as? String } }
}
