import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The state that an upgrade hands on")
struct UpgradeStateTests {
    /// A definition with something in every corner.
    private var definition: WatcherDefinition {
        var definition = WatcherDefinition(name: "w\"\\\n\u{1}ü", command: ["/bin/true", "", "a b"])
        definition.environment = ["A": "1", "B": ""]
        definition.environmentFile = "/x"
        definition.attributes.user = "nobody"
        definition.attributes.limits = [.init(resource: "nofile", soft: .max, hard: nil)]
        definition.attributes.controlGroup = .init(memory: UInt64(Int64.max) + 5, cpuPercent: 50, processes: nil)
        var socket = SocketDefinition(name: "s", place: .unixDatagram(path: "/p", mode: 0o660))
        socket.interface = "lo"
        definition.sockets = [socket, SocketDefinition(name: "t", place: .udp(host: "::", port: 53))]
        definition.output = .init(.file("/a/b"))
        definition.rotation = LogRotation(size: nil, keep: 3, interval: .weekday(0), compress: true)
        definition.after = [Dependency("other", .completed)]
        definition.readiness = .probe(.http(host: "h", port: 1, path: "/", socket: nil), period: .milliseconds(250))
        definition.health = HealthCheck(probe: .exec(["x"]), action: .shutdown)
        definition.hooks = [HookDefinition(point: .afterReap, command: ["y"])]
        definition.maxAge = .seconds(86400)
        definition.files = ["/f": UInt64.max]
        definition.settings.policy.jitter = 0.1
        definition.settings.policy.limit = nil
        definition.settings.policy.expected = [0, 3, -9]
        definition.options = ["flapping.window": "1"]
        return definition
    }

    private func state(_ machine: WatcherMachine) -> UpgradeState {
        let slot = UpgradeState.Slot(
            place: 1, definition: definition, machine: machine, instance: 7, restarts: 6, pid: 42, mainProcess: nil,
            startedAt: 5, status: "s", spawnProblem: nil,
            lastEnd: .init(end: .signal(9), time: 3), controlGroup: "/g", tree: [.init(pid: 1, started: "2")],
            health: HealthState(), timerDue: 9, timerGeneration: 3,
            outputs: [
                .init(isError: true, file: nil, reading: 8, writing: 9, rest: Hexadecimal.text(Array("half".utf8)))
            ])
        return UpgradeState(
            version: "1", upgrades: 1, startedAt: 1, run: "/r", logs: "/l", settings: .init(),
            plugins: [.init(name: "p", use: .executable(["x"]), may: ["restart"], settings: "{}")], pluginProcesses: [],
            essential: ["w"], order: ["w"],
            watchers: [
                .init(
                    definition: definition, goal: .down, instances: 7, refusal: nil, passed: [.beforeStart],
                    slots: [slot], retiring: [])
            ], leftovers: [], sockets: [], notifySocket: 5, lock: -1)
    }

    @Test("is read as it was written, to the last corner of a definition and of a machine that waits")
    func roundTrip() throws {
        var machine = WatcherMachine(settings: definition.machineSettings, jitter: 0.25)
        _ = machine.handle(.start, at: .seconds(1))
        _ = machine.handle(.spawned, at: .seconds(1))
        _ = machine.handle(.exited(.signal(11)), at: .seconds(2))
        #expect(machine.state == .backoff)
        let file = try UpgradeFile.write(state(machine))
        let read = try UpgradeFile.read(file.number)
        let slot = try #require(read.watchers.first?.slots.first)
        #expect(read.watchers.first?.definition == definition)
        #expect(slot.machine == machine)
        #expect(slot.outputs.first.map { Hexadecimal.bytes($0.rest) } == Array("half".utf8))
        #expect(read.plugins == state(machine).plugins)
        #expect(read.descriptors == [8, 9, 5])
    }

    @Test("has defaults where an older program's definitions lack a member")
    func defaults() throws {
        let text = try StateEncoder.encode(state(WatcherMachine(settings: .init()))).text
        let older = text.replacing(#""stopsChildren":false,"#, with: "")
        #expect(older.count < text.count)
        let file = try ProgramReplacement.memoryFile("test", Array(older.utf8))
        #expect(try UpgradeFile.read(file.number).watchers.first?.definition == definition)
    }

    @Test("of another protocol, or none at all, is refused")
    func refusals() throws {
        for text in [#"{"protocolNumber":999}"#, "", "{", #"{"protocolNumber":1}"#] {
            let file = try ProgramReplacement.memoryFile("test", Array(text.utf8))
            #expect(throws: Refusal.self) { _ = try UpgradeFile.read(file.number) }
        }
    }

    @Test("is offered to a candidate first, and a program that does not know it is refused in words")
    func candidates() throws {
        let folder = try ScenarioFolder()
        func refusal(_ path: String) throws -> String {
            var simple = state(WatcherMachine(settings: .init()))
            simple.watchers = []
            simple.plugins = []
            let file = try UpgradeFile.write(simple)
            do throws(Refusal) {
                try UpgradeCandidate.check(path, state: file.number)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(try refusal("/bin/true").contains("/bin/true cannot take over: it says nothing"))
        #expect(try refusal("/nowhere/dockmaster").contains("cannot execute /nowhere/dockmaster"))
        let broken = "\(folder.path)/broken"
        let file = try OwnedDescriptor.open(broken, O_WRONLY | O_CREAT, mode: 0o700)
        #expect(write(file.number, "\u{7F}ELF broken", 11) == 11)
        #expect(try refusal(broken).contains("cannot execute"))
        #expect(try refusal(BinaryRun.binary) == "")
    }
}
