internal import ProcessControl
internal import Supervision

/// What the arbiter tells the log relay. Slots are numbers that the arbiter never uses twice.
enum LogCommand: Sendable {
    /// Reads one of a slot's streams from this descriptor, which the relay closes.
    /// - file: where its lines go; nil: the watcher's own, `<logs>/<watcher>/<watcher>.log`.
    case open(
        slot: Int, watcher: String, stream: LogStream, file: String?, rotation: LogRotation, descriptor: CInt)
    /// Goes on with a stream of this process's earlier program, whose line it had begun.
    case adopt(
        slot: Int, watcher: String, stream: LogStream, file: String?, rotation: LogRotation, descriptor: CInt,
        rest: [UInt8])
    /// A new process writes to the slot: its last words begin here.
    case spawned(slot: Int, instance: Int)
    /// The slot's process has ended: a line that it began is ended too, before the next one writes.
    case ended(slot: Int)
    /// No process of ours writes to the slot any more; it is read until its end.
    case close(slot: Int)
    /// A line of the supervisor itself, JSON with its newline.
    case record([UInt8])
    /// A process died: the line is told once its output is read, with its last words.
    case death(slot: Int, DeathNotice)
    /// Text for people only, as it stands.
    case banner(String)
    /// Begins new files for these watchers ("dockmaster" is the supervisor itself); none named: for all.
    case rotate(watchers: [String])
    /// Opens all files anew: somebody else has renamed them.
    case reopen
    /// The files of a watcher, or of the supervisor itself ("dockmaster"), are rotated in another way from now on.
    case configure(watcher: String, rotation: LogRotation)
    /// Reads no more, writes out what has been read, and answers with the streams: another program goes on with them.
    case handOver(Mailbox<[LogHandOver]>)
    /// That program has not come about: reading goes on.
    case resume
    /// Reads what is there, writes it out, answers, and ends.
    case finish

    /// Only lines are lost when the log is stuck: a descriptor or an end that was lost would be missed for ever.
    var mayBeLost: Bool {
        switch self {
        case .record, .death, .banner: true
        case .open, .adopt, .spawned, .ended, .close, .rotate, .reopen, .configure, .handOver, .resume, .finish: false
        }
    }
}
