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
    var definition: WatcherDefinition
    var machine: WatcherMachine
    var child: ChildProcess?
    /// The writing end of the pipe for output, kept open over restarts.
    private var output: OwnedDescriptor?
    var timer: EventLoop.Timer?
    /// Which process of the watcher this is or was last, counted from 1.
    var instance = 0
    var startedAt: MonotonicTime?
    var status = ""
    /// How the last process of this place ended, and when.
    var lastEnd: (status: ExitStatus, time: MonotonicTime)?
    var restarts = 0
    var reload = Reload.none
    /// Why the last start failed.
    var spawnProblem: String?
    /// The pid that MAINPID= named, where it is not the child itself.
    var mainProcess: ProcessID?

    init(number: Int, definition: WatcherDefinition, policy: RestartPolicy? = nil) {
        self.number = number
        self.definition = definition
        watcher = definition.name
        var settings = definition.settings
        if let policy { settings.policy = policy }
        machine = WatcherMachine(settings: settings, jitter: Double.random(in: 0...1))
    }

    /// "registry[2]".
    var title: String { "\(watcher)[\(instance)]" }

    var isReady: Bool {
        if case .running = machine.state { true } else { false }
    }

    /// The descriptor a process writes to, opened with the first use; the reading end goes to the log.
    func outputDescriptor(_ log: LogRelay) throws(SystemError) -> CInt {
        if let number = output?.number { return number }
        let ends = try Pipe().ends()
        output = OwnedDescriptor(adopting: ends.writing)
        log.post(.open(slot: number, watcher: watcher, descriptor: ends.reading))
        return ends.writing
    }

    /// No process will be started here any more.
    func closeOutput(_ log: LogRelay) {
        guard output != nil else { return }
        output = nil
        log.post(.close(slot: number))
    }
}
