/// One line of a log, with its place in time.
struct LogEntry: Equatable {
    /// Nanoseconds since the epoch: its own, or that of the line before it.
    let time: Int64
    let watcher: String
    /// Without its newline.
    let line: [UInt8]
}
