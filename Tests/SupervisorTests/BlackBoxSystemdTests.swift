import Glibc
import ProcessControl
import Testing

@testable import Supervisor

/// What systemd hears: the test listens in its place. Source: sd_notify(3).
@Suite("What systemd is told", .serialized)
struct BlackBoxSystemdTests {
    /// The test's own end of NOTIFY_SOCKET.
    private final class Listener {
        private let descriptor: OwnedDescriptor
        private(set) var messages: [String] = []

        init(_ path: String) throws {
            let flags = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
            descriptor = OwnedDescriptor(adopting: socket(AF_UNIX, flags, 0))
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8) + [0]) }
            let number = descriptor.number
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard result == 0 else { throw SystemError.last("bind the test's notify socket") }
        }

        /// Everything that has come so far, in order.
        func heard() -> [String] {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor.number, &buffer, buffer.count, 0)
                guard count >= 0 else { return messages }
                messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }

        func index(_ prefix: String) -> Int? { heard().firstIndex { $0.hasPrefix(prefix) } }
    }

    private func start(_ watchers: String) throws -> (BlackBoxRun, Listener) {
        let run = try BlackBoxRun(watchers)
        let listener = try Listener(run.path("systemd.sock"))
        try run.launch(environment: ["NOTIFY_SOCKET": run.path("systemd.sock")])
        return (run, listener)
    }

    @Test("is to wait as long as a task takes that others wait for, and then that all is ready")
    func starting() throws {
        let (run, listener) = try start(
            """
              task: {cmd: [/bin/sh, -c, 'while ! test -e FOLDER/go; do sleep 0.02; done'], oneshot: true}
              web: {cmd: [/bin/sleep, '1000'], requires: {task: completed}}
            """)
        #expect(run.wait { listener.index("EXTEND_TIMEOUT_USEC=15000000") != nil }, "\(run.output)")
        // A reload meanwhile is obeyed, and says neither that it is reloading nor that it is ready.
        #expect(run.wait { (try? run.run(["reload"]).status) == .code(0) }, "\(run.output)")
        #expect(listener.index("READY=1") == nil && listener.index("RELOADING=1") == nil)
        try run.write("go", "")
        #expect(run.wait { listener.heard().contains("READY=1\nSTATUS=ready: task, web") }, "\(listener.heard())")
        #expect(run.end() == .code(0), "\(run.output)")
    }

    @Test("of a service that is never ready is that the rest is")
    func neverReady() throws {
        let (run, listener) = try start(
            """
              sick: {cmd: [/bin/sleep, '1000'], ready: {tcp: '127.0.0.1:1'}, start_timeout: 300ms, backoff: {initial: 30s}}
              fine: {cmd: [/bin/sleep, '1000']}
            """)
        #expect(run.wait { listener.heard().contains("READY=1\nSTATUS=not ready yet: sick") }, "\(listener.heard())")
        #expect(run.end() == .code(0), "\(run.output)")
    }

    @Test("of a reload is when it began, by the monotonic clock, and that it is over")
    func reloading() throws {
        let (run, listener) = try start("  web: {cmd: [/bin/sleep, '1000']}")
        #expect(run.wait { listener.index("READY=1") != nil }, "\(run.output)")
        let before = MonotonicTime.now.nanoseconds / 1000
        run.child?.signal(SIGHUP)
        #expect(run.wait { listener.index("RELOADING=1") != nil }, "\(listener.heard())")
        let began = try #require(listener.index("RELOADING=1"))
        #expect(run.wait { listener.heard().dropFirst(began).contains { $0.hasPrefix("READY=1") } })
        let stamp = listener.heard()[began].firstMatch(of: /^RELOADING=1\nMONOTONIC_USEC=([0-9]+)\n/)
        let microseconds = try #require(stamp.flatMap { UInt64($0.1) })
        #expect(microseconds >= before && microseconds <= MonotonicTime.now.nanoseconds / 1000)
        #expect(run.end() == .code(0), "\(run.output)")
    }

    @Test("of the end is that it has begun, and to wait while a process drains")
    func stopping() throws {
        let (run, listener) = try start(
            "  slow: {cmd: [/bin/sh, -c, 'trap \"\" TERM; while ! test -e FOLDER/go; do sleep 0.02; done']}")
        #expect(run.wait { listener.index("READY=1") != nil }, "\(run.output)")
        let count = listener.heard().count
        run.child?.signal(SIGTERM)
        #expect(run.wait { listener.heard().count >= count + 2 }, "\(listener.heard())")
        #expect(
            listener.heard().dropFirst(count).prefix(2) == [
                "STOPPING=1\nSTATUS=stopping: SIGTERM", "EXTEND_TIMEOUT_USEC=15000000",
            ])
        try run.write("go", "")
        #expect(run.end(nil) == .code(0), "\(run.output)")
    }
}
