/// What the arbiter tells the log relay. Slots are numbers that the arbiter never uses twice.
enum LogCommand: Sendable {
    /// Reads a slot's output from this descriptor, which the relay closes.
    case open(slot: Int, watcher: String, descriptor: CInt)
    /// A new process writes to the slot: its last words begin here.
    case spawned(slot: Int, instance: Int)
    /// No process of ours writes to the slot any more; it is read until its end.
    case close(slot: Int)
    /// A line of the supervisor itself, JSON with its newline.
    case record([UInt8])
    /// A process died: the line is told once its output is read, with its last words.
    case death(slot: Int, DeathNotice)
    /// Text for people only, as it stands.
    case banner(String)
    /// Reads what is there, writes it out, answers, and ends.
    case finish
}

/// A death to be told, but for the last words.
struct DeathNotice: Sendable {
    var level: String
    /// "registry[2] died: SIGSEGV after 3 h 12 min. Restart in 0.5 s (failure 1 of 5 in 60 s)."
    var sentence: String
    /// "See: /var/log/dockmaster/registry/registry.log"
    var hint: String
    var fields: [(String, String)]
}
