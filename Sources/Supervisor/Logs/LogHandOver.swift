internal import ProcessControl

/// One stream as the relay leaves it to its successor: nothing has been read of it that is not written, but `rest`.
struct LogHandOver: Sendable {
    var slot: Int
    var watcher: String
    var instance: Int
    var stream: LogStream
    /// nil: the watcher's own.
    var file: String?
    /// The reading end. It stays the relay's.
    var descriptor: CInt
    /// The beginning of a line that has not ended.
    var rest: [UInt8]
}
