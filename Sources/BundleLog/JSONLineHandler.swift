import Glibc
import Logging
import Synchronization
import TextFormats

/// Writes `{"time":…,"level":…,"msg":…,"component":…}` and the metadata, flat, as one line to standard error.
///
/// - Atomicity: a line of up to PIPE_BUF (4,096) bytes is one write; longer ones are kept whole by a lock.
/// - Loss: a line that cannot be written (standard error closed) is dropped; logging never fails a request.
struct JSONLineHandler: LogHandler {
    let component: String
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// The process has one level; setting a logger's own changes nothing.
    var logLevel: Logger.Level {
        get { BundleLog.level }
        set { _ = newValue }
    }

    init(component: String) {
        self.component = component
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = JSONLine()
        let time = UTCTime.now().rfc3339Microseconds
        line.add("time", time)
        line.add("level", event.level.rawValue)
        line.add("msg", "\(event.message)")
        line.add("component", component)
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { $1 } }
        if let error = event.error { fields[LogField.error] = "\(error)" }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { Self.add(key, value, to: &line) }
        StandardError.write(line.finished())
        if let observing = BundleLog.observing {
            observing(
                ObservedLog(
                    time: time, level: event.level, message: "\(event.message)", fields: fields.mapValues { "\($0)" }))
        }
    }

    private static func add(_ key: String, _ value: Logger.Metadata.Value, to line: inout JSONLine) {
        switch value {
        case .string(let text): line.add(key, text)
        case .stringConvertible(let number as Int): line.add(key, number)
        case .stringConvertible(let number as Double): line.add(key, number)
        case .stringConvertible(let flag as Bool): line.add(key, flag)
        default: line.add(key, "\(value)")
        }
    }
}
