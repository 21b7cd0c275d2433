import Glibc
import HTTPService
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Testing

/// A real HTTP server on a free port of this machine, that lives until it is stopped.
final class TestServer: Sendable {
    let port: Int
    private let listener: HTTPListener

    var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter port: one that a server before it had; 0 for a free one.
    init(port: Int = 0, responder: some HTTPResponder<ServiceRequestContext>) async throws {
        let descriptor = try Self.listeningSocket(port)
        self.port = try Self.port(of: descriptor)
        listener = HTTPListener(responder: responder, logger: Logger(label: "test"))
        try await listener.start(descriptors: [descriptor])
    }

    convenience init(
        port: Int = 0, _ answer: @escaping @Sendable (Request) async throws -> Response
    ) async throws {
        try await self.init(
            port: port,
            responder: CallbackResponder { (request: Request, _: ServiceRequestContext) in try await answer(request) })
    }

    /// Ends it, and every connection with it.
    func stop() async {
        await listener.drain(within: .zero)
    }

    /// A port on which nothing listens.
    static func unusedPort() throws -> Int {
        let descriptor = try listeningSocket(0)
        defer { close(descriptor) }
        return try port(of: descriptor)
    }

    private static func listeningSocket(_ port: Int) throws -> CInt {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0 && listen(descriptor, 128) == 0)
        return descriptor
    }

    private static func port(of descriptor: CInt) throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        try #require(result == 0)
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}

/// Waits until something is so, looking every few milliseconds.
/// - Returns: false when it was not so within the time.
func eventually(
    within limit: Duration = .seconds(60), _ condition: @Sendable () async throws -> Bool
) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}
