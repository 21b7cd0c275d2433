package import Logging

/// A log entry as whoever observes the log gets it, besides standard error.
package struct ObservedLog: Sendable {
    package var time: String
    package var level: Logger.Level
    package var message: String
    package var fields: [String: String]

    package init(time: String, level: Logger.Level, message: String, fields: [String: String]) {
        self.time = time
        self.level = level
        self.message = message
        self.fields = fields
    }
}
