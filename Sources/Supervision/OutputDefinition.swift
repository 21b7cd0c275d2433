/// Where one of a process's output streams goes.
package struct OutputDefinition: Sendable, Equatable, Hashable, Codable {
    package enum Destination: Sendable, Equatable, Hashable, Codable {
        /// The watcher's log: its file, the journal, the console.
        case log
        /// A file of its own beside or instead of the watcher's: an absolute path. The journal and the console get it too.
        case file(String)
        /// /dev/null.
        case discard
        /// The supervisor's own stream.
        case inherit
    }

    package var destination: Destination = .log
    package init(_ destination: Destination = .log) { self.destination = destination }
}

/// How a log file is rotated and kept.
package struct LogRotation: Sendable, Equatable, Hashable, Codable {
    package enum Interval: Sendable, Equatable, Hashable, Codable {
        /// Every so many seconds since the epoch's start: an hour is 3600. Local midnight and weekdays have their own.
        case seconds(Int)
        case midnight
        /// 0 is Monday, at local midnight.
        case weekday(Int)
    }

    /// Bytes after which a new file begins; nil: no limit.
    package var size: Int?
    /// Older files that are kept.
    package var keep: Int
    package var interval: Interval?
    /// Whether older files are compressed (gzip).
    package var compress: Bool

    package init(size: Int? = 50 << 20, keep: Int = 5, interval: Interval? = nil, compress: Bool = false) {
        self.size = size
        self.keep = keep
        self.interval = interval
        self.compress = compress
    }
}
