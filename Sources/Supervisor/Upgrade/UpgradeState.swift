internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// All that the supervisor's next program has to know to go on where this one stops. It goes from one to the other as
/// JSON in a file in memory; descriptors go along under their numbers.
struct UpgradeState: Codable {
    /// Changes when an older program's state can no longer be read. A member that is new needs no other number: read
    /// without it, it takes its default (`UpgradeFile`).
    static let protocolNumber = 1

    struct Socket: Codable {
        var definition: SocketDefinition
        var request: SocketRequest
        var descriptor: CInt
    }

    /// One pipe of a slot: both ends, and what was read of a line that has not ended.
    struct Output: Codable {
        var isError: Bool
        var file: String?
        var reading: CInt
        /// nil: nobody of ours will write to it any more.
        var writing: CInt?
        /// Hexadecimal.
        var rest: String
    }

    struct Slot: Codable {
        var place: Int
        var definition: WatcherDefinition
        var machine: WatcherMachine
        var instance: Int
        var restarts: Int
        var pid: ProcessID?
        var mainProcess: ProcessID?
        /// Nanoseconds since boot.
        var startedAt: UInt64?
        var status: String
        var spawnProblem: String?
        var lastEnd: End?
        /// The folder of its control group.
        var controlGroup: String?
        /// What was below the process when it was told to stop.
        var tree: [Descendant]
        var health: HealthState
        /// The timer that is armed, for its generation.
        var timerDue: UInt64?
        var timerGeneration: Int
        var outputs: [Output]
    }

    struct End: Codable {
        var end: ProcessEnd
        var time: UInt64
    }

    struct Descendant: Codable {
        var pid: ProcessID
        var started: String
    }

    enum Goal: String, Codable {
        case up, down, removed
    }

    struct Watcher: Codable {
        var definition: WatcherDefinition
        var goal: Goal
        var instances: Int
        var refusal: String?
        /// Hooks that have let pass what they may refuse.
        var passed: [HookDefinition.Point]
        var slots: [Slot]
        /// Processes on their way out.
        var retiring: [Slot]
    }

    /// A pipe that outlived its slot: some descendant still writes to it.
    struct Leftover: Codable {
        var watcher: String
        var instance: Int
        var output: Output
    }

    var protocolNumber = Self.protocolNumber
    /// The version that wrote it.
    var version: String
    /// How many upgrades lie behind, this one included.
    var upgrades: Int
    /// Nanoseconds since boot.
    var startedAt: UInt64
    var run: String
    var logs: String
    var settings: SupervisorSettings
    var plugins: [PluginDefinition]
    /// The plugins' processes, which end and are started anew.
    var pluginProcesses: [ProcessID]
    var essential: [String]
    /// Whether not everything has been started yet, and which of the essential ones have not been ready so far.
    var isStarting = false
    var unproven: [String] = []
    /// Names in starting order.
    var order: [String]
    var watchers: [Watcher]
    var leftovers: [Leftover]
    var sockets: [Socket]
    var notifySocket: CInt
    var lock: CInt

    static func end(_ status: ExitStatus) -> ProcessEnd {
        switch status {
        case .code(let code): .code(code)
        case .signal(let signal): .signal(signal)
        }
    }

    static func status(_ end: ProcessEnd) -> ExitStatus {
        switch end {
        case .code(let code): .code(code)
        case .signal(let signal): .signal(signal)
        }
    }

    /// Whether this program can do with it what `Arbiter` will do.
    func verify() throws(Refusal) {
        let definitions = watchers.map(\.definition)
        do {
            _ = try StartOrder(definitions)
            try PluginCheck.validate(plugins, watchers: definitions.map(\.name))
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
    }

    /// Every descriptor that the next program takes over.
    var descriptors: [CInt] {
        let slots = watchers.flatMap { $0.slots + $0.retiring }
        let outputs = slots.flatMap(\.outputs) + leftovers.map(\.output)
        return sockets.map(\.descriptor) + outputs.map(\.reading) + outputs.compactMap(\.writing)
            + [notifySocket, lock].filter { $0 >= 0 }
    }
}
