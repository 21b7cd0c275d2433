/// Something that an administrator should read, from the storage's background work; requests tell their own failures.
package struct StorageNotice: Sendable, Equatable {
    package enum Level: Sendable, Equatable {
        case info
        case warning
    }

    package var level: Level
    /// A stable name for the log's `event` field.
    package var event: String
    package var sentence: String

    package init(level: Level, event: String, sentence: String) {
        self.level = level
        self.event = event
        self.sentence = sentence
    }
}
