import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The table of sockets")
struct SocketTableTests {
    private func tcp(_ name: String, _ port: Int) -> SocketDefinition {
        SocketDefinition(name: name, place: .tcp(host: "127.0.0.1", port: port))
    }

    private func watcher(_ sockets: [SocketDefinition]) -> WatcherDefinition {
        var definition = WatcherDefinition(name: "w", command: ["/bin/true"])
        definition.sockets = sockets
        return definition
    }

    private func descriptors(_ table: SocketTable, _ sockets: SocketDefinition...) -> [CInt] {
        table.inherited(by: watcher(sockets)).map(\.descriptor)
    }

    /// A port that is free now.
    private func freePort() throws -> Int {
        let socket = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        return try #require(socket.port)
    }

    @Test("binds all or none, and says whom the taken port belongs to")
    func allOrNone() throws {
        let port = try freePort()
        let holder = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        var table = SocketTable()
        #expect(throws: SocketError.self) {
            try table.bind([tcp("a", port), tcp("b", try #require(holder.port))])
        }
        #expect(table.addresses.isEmpty)
        _ = try BoundSocket(.tcp4(address: "127.0.0.1", port: port))
    }

    @Test("keeps a socket whose options change, and closes it only when its last definition goes")
    func changedOptions() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a.sock"
        let old = SocketDefinition(name: "a", place: .unix(path: path, mode: 0o600))
        var new = SocketDefinition(name: "b", place: .unix(path: path, mode: 0o660))
        new.backlog = 7
        var table = SocketTable()
        try table.bind([old])
        let before = descriptors(table, old)
        try table.bind([new])
        #expect(descriptors(table, old, new) == before + before)
        #expect(ServiceRun.mode(path) == 0o660)
        table.keep([new])
        #expect(descriptors(table, old).isEmpty)
        #expect(descriptors(table, new) == before)
        table.keep([])
        #expect(access(path, F_OK) != 0)
    }

    @Test("a refused change leaves the options as they were")
    func refusedChange() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a.sock"
        let holder = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        var table = SocketTable()
        try table.bind([SocketDefinition(name: "a", place: .unix(path: path, mode: 0o600))])
        #expect(throws: SocketError.self) {
            try table.bind([
                SocketDefinition(name: "a", place: .unix(path: path, mode: 0o666)), tcp("b", try #require(holder.port)),
            ])
        }
        #expect(ServiceRun.mode(path) == 0o600)
    }

    @Test("uses an inherited socket for the definition of its address, whatever its name, and closes strangers")
    func inherited() throws {
        let old = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let port = try #require(old.port)
        let stranger = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let handed = [old, stranger].compactMap {
            InheritedSocket(OwnedDescriptor(adopting: dup($0.descriptor)), label: "x")
        }
        #expect(handed.count == 2)
        var table = SocketTable(inherited: handed)
        try table.bind([tcp("web", port)])
        #expect(descriptors(table, tcp("web", port)).count == 1)
        let lines = table.closeStrangers()
        #expect(
            lines == [
                "a socket that was handed over is not in this configuration and was closed: 127.0.0.1:\(stranger.port ?? 0)"
            ])
    }

    @Test("looks names up beforehand, and refuses them on the loop's thread")
    func names() throws {
        let named = SocketDefinition(name: "a", place: .tcp(host: "localhost.localdomain.invalid", port: 0))
        var table = SocketTable()
        #expect(throws: SocketError.self) { try table.bind([named]) }
        #expect(throws: SocketError.self) { _ = try SocketRequest.all([named]) }
        let local = SocketDefinition(name: "a", place: .udp(host: "localhost", port: 0))
        let requests = try SocketRequest.all([local])
        #expect(requests[local] == SocketRequest(.tcp4(address: "127.0.0.1", port: 0), kind: .datagram))
        try table.bind([local], requests: requests)
        #expect(descriptors(table, local).count == 1)
    }

    @Test("names the own socket that stands in the way of another")
    func ownSocketInTheWay() throws {
        let port = try freePort()
        var table = SocketTable()
        try table.bind([tcp("web", port)])
        do throws(SocketError) {
            try table.bind([SocketDefinition(name: "all", place: .tcp(host: "0.0.0.0", port: port))])
            Issue.record("bound twice")
        } catch {
            #expect(error.problem.contains("dockmaster itself, for its socket web at 127.0.0.1:\(port)"))
        }
    }

    @Test("is known in systemd's store by its address, without a colon")
    func storeName() {
        #expect(SocketRequest(.tcp4(address: "0.0.0.0", port: 443)).storeName == "stream-0.0.0.0,443")
        #expect(SocketRequest(.any(port: 53), kind: .datagram).storeName == "datagram-*,53")
    }
}
