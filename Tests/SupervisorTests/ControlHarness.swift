import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

/// An arbiter with its control socket in this process, and clients on threads of their own.
final class ControlHarness {
    let scenario: Scenario
    let desk: ControlDesk
    let server: ControlServer
    let path: String

    init(
        _ definitions: [WatcherDefinition] = [Scenario.shell("a", "while :; do sleep 1000; done")],
        settings: SupervisorSettings.ControlAccess = .init()
    ) throws {
        scenario = try Scenario(definitions)
        path = "\(scenario.folder.path)/control.sock"
        let desk = try ControlDesk(scenario.arbiter)
        self.desk = desk
        server = try ControlServer(path: path, loop: scenario.loop, settings: settings) { desk.answer($0, $1) }
    }

    deinit { scenario.relay.finish() }

    /// Waits until everything is ready.
    func ready() throws {
        try #require(try scenario.wait { self.scenario.arbiter.phase == .running })
    }

    /// Calls a route without a socket between.
    func call(
        _ method: String, _ target: String, body: String = "", level: ControlAccess.Level = .admin
    ) throws -> (status: Int, json: JSONValue) {
        var parser = ControlRequestParser()
        parser.feed(
            Array("\(method) \(target) HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)[...])
        guard case .request(var request) = parser.next() else { throw Refusal(problems: ["no request: \(target)"]) }
        request.level = level
        var answer: ControlResponse?
        desk.answer(request) { answer = $0 }
        try scenario.wait { answer != nil }
        let response = try #require(answer, "no answer to \(method) \(target)")
        return (response.status, JSONValue(response.body.utf8) ?? .null)
    }

    /// Runs blocking work of a client on a thread of its own while the loop turns here.
    func client<Result: Sendable>(
        _ work: @escaping @Sendable (String) throws -> Result
    ) throws -> Result {
        let answers = try Mailbox<Swift.Result<Result, any Error>>()
        let path = path
        try HelperThread.start("client") { answers.post(Swift.Result { try work(path) }) }
        var answer: Swift.Result<Result, any Error>?
        try scenario.wait {
            answer = answers.take().messages.first
            return answer != nil
        }
        return try #require(answer, "the client got no answer").get()
    }

    /// A connected client that speaks bytes.
    static func connect(_ path: String) throws -> OwnedDescriptor {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let descriptor = OwnedDescriptor(adopting: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8) + [0]) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(number, $0, size) }
        }
        guard result == 0 else { throw SystemError.last("connect") }
        return descriptor
    }
}
