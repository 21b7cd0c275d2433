internal import ProcessControl
internal import Supervision

/// One place for a process of a watcher: its state machine, its process, its output's pipe and its timer.
final class WatcherSlot {
    /// How far a reload by signal has come.
    enum Reload: Equatable {
        case none
        case asked
        /// RELOADING=1 came; READY=1 ends it.
        case answered
        /// The process keeps its old state, and said so.
        case refused
    }

    /// Never used twice in the supervisor's life.
    let number: Int
    let watcher: String
    /// The place's number within the watcher, from 1: `$(circus.wid)`.
    let place: Int
    var definition: WatcherDefinition
    var machine: WatcherMachine
    var child: ChildProcess?
    /// The process that is to take this place once it is ready.
    var incoming: WatcherSlot?
    /// The writing ends of the pipes for output, kept open over restarts.
    private var outputs: [(stream: LogStream, file: String?, pipe: SharedDescriptor)] = []
    var timer: EventLoop.Timer?
    /// When the timer fires and what it says then; nil: none is armed.
    var timerDue: MonotonicTime?
    var timerGeneration = 0
    /// Which process of the watcher this is or was last, counted from 1.
    var instance = 0
    var startedAt: MonotonicTime?
    var status = ""
    /// How the last process of this place ended, and when.
    var lastEnd: (status: ExitStatus, time: MonotonicTime)?
    var restarts = 0
    var reload = Reload.none
    /// What went wrong with the last reload by signal.
    var reloadProblem: String?
    /// Why the last start failed.
    var spawnProblem: String?
    /// What a shell would report of a start that failed.
    var spawnCode: CInt = 1
    /// The folder of the slot's control group.
    var controlGroup: String?
    /// What was below the process when it was told to stop, with their starting times.
    var tree: [(pid: ProcessID, started: String)] = []
    var readiness: ReadinessWatch?
    private var readinessPipe: OwnedDescriptor?
    var health = HealthState()
    var healthWatch: HealthWatch?
    var ageTimer: EventLoop.Timer?
    /// The pid that MAINPID= named, where it is not the child itself.
    var mainProcess: ProcessID?

    init(number: Int, place: Int, definition: WatcherDefinition, triesOnce: Bool) {
        self.number = number
        self.place = place
        self.definition = definition
        watcher = definition.name
        machine = WatcherMachine(
            settings: Self.settings(definition, triesOnce: triesOnce), jitter: Double.random(in: 0...1))
    }

    /// What the machine is told of a definition.
    static func settings(_ definition: WatcherDefinition, triesOnce: Bool = false) -> WatcherSettings {
        var settings = definition.machineSettings
        if definition.onExit == .shutdown { settings.policy.respawn = .never }
        if triesOnce { settings.policy.limit = 1 }
        return settings
    }

    func adopt(_ definition: WatcherDefinition) {
        self.definition = definition
        machine.settings = Self.settings(definition)
    }

    /// "registry[2]".
    var title: String { "\(watcher)[\(instance)]" }

    var isReady: Bool {
        if case .running = machine.state { true } else { false }
    }

    /// A process runs and is not on its way out.
    var hasStarted: Bool {
        switch machine.state {
        case .starting: !machine.isSpawning
        case .running: true
        case .backoff, .stopping, .killing, .stopped, .finished, .failed: false
        }
    }

    var isFinished: Bool {
        if case .finished = machine.state { true } else { false }
    }

    /// Replaced, and allowed to finish what it has begun.
    var isRetired: Bool { machine.state == .stopping(next: .retired) }

    /// No process, and none will come by itself.
    var isIdle: Bool {
        switch machine.state {
        case .stopped, .finished, .failed: true
        case .starting, .running, .backoff, .stopping, .killing: false
        }
    }

    /// What the health checks say; without any, a process is as healthy as it is ready.
    var isHealthy: Bool { definition.health == nil || health.isHealthy == true }

    /// Makes the pipe at which the process says that it is ready.
    /// - Returns: the writing end, for the process.
    func makeReadinessPipe() throws(SystemError) -> OwnedDescriptor {
        let ends = try Pipe().ends()
        readinessPipe = OwnedDescriptor(adopting: ends.reading)
        return OwnedDescriptor(adopting: ends.writing)
    }

    func takeReadinessPipe() -> OwnedDescriptor? {
        readinessPipe.take()
    }

    /// The process is not ready any more: nothing is known of its health.
    func endHealth(_ loop: EventLoop, keepsAge: Bool = false) {
        healthWatch = nil
        health.reset()
        if !keepsAge, let ageTimer {
            loop.cancel(ageTimer)
            self.ageTimer = nil
        }
    }

    /// The descriptor a process writes to, opened with the first use; the reading end goes to the log.
    /// - Parameter file: where its lines go; nil: the watcher's own file.
    func descriptor(
        _ stream: LogStream, file: String?, _ rotation: LogRotation, _ log: LogRelay
    ) throws(SystemError) -> CInt {
        if let known = outputs.first(where: { $0.stream == stream && $0.file == file }) { return known.pipe.number }
        outputs.removeAll { $0.stream == stream }
        let ends = try Pipe().ends()
        outputs.append((stream, file, SharedDescriptor(OwnedDescriptor(adopting: ends.writing))))
        log.post(
            .open(
                slot: number, watcher: watcher, stream: stream, file: file, rotation: rotation,
                descriptor: ends.reading))
        return ends.writing
    }

    /// The writing ends that are open.
    var writingEnds: [(stream: LogStream, file: String?, descriptor: CInt)] {
        outputs.map { ($0.stream, $0.file, $0.pipe.number) }
    }

    /// Goes on with a pipe of this process's earlier program.
    func adoptOutput(_ stream: LogStream, file: String?, _ descriptor: CInt) {
        outputs.append((stream, file, SharedDescriptor(OwnedDescriptor(adopting: descriptor))))
    }

    /// No process will be started here any more.
    func closeOutput(_ log: LogRelay) {
        guard !outputs.isEmpty else { return }
        outputs = []
        log.post(.close(slot: number))
    }

    /// An owned descriptor that can stand in an array.
    private final class SharedDescriptor {
        private let owned: OwnedDescriptor
        init(_ owned: consuming OwnedDescriptor) { self.owned = owned }
        var number: CInt { owned.number }
    }
}
