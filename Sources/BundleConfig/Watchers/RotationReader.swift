import Supervision

/// Reads `log:`: how a log file is rotated and kept.
enum RotationReader {
    static let keys = ["size", "keep", "every", "compress"]
    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// - Parameter over: what holds for the keys that are not given.
    static func rotation(_ node: ConfigurationNode, over: LogRotation) throws -> LogRotation {
        _ = try node.mapping()
        try node.refuseUnknownKeys(keys)
        var rotation = over
        if let size = node.present("size") {
            let bytes = size.isUnlimited ? 0 : try size.byteSize().bytes
            rotation.size = bytes == 0 ? nil : bytes
        }
        rotation.keep = try node.present("keep")?.integer(in: 0...10_000) ?? rotation.keep
        if let every = node.present("every") { rotation.interval = try interval(every) }
        rotation.compress = try node.bool("compress") ?? rotation.compress
        return rotation
    }

    private static func interval(_ node: ConfigurationNode) throws -> LogRotation.Interval? {
        let text = try node.string().lowercased()
        if node.isUnlimited { return nil }
        if text == "midnight" { return .midnight }
        if let day = weekdays.firstIndex(of: text) { return .weekday(day) }
        guard let duration = DurationText.parse(text), duration >= .seconds(1) else {
            throw node.refused(
                "is \"\(text)\"", remedy: "Write a duration such as 1h, or midnight, or a day such as monday, or none")
        }
        return .seconds(Int(duration.components.seconds))
    }

    /// What `rotation` reads back.
    static func text(_ interval: LogRotation.Interval) -> String {
        switch interval {
        case .seconds(let seconds): DurationText.text(.seconds(seconds))
        case .midnight: "midnight"
        case .weekday(let day): weekdays[day % 7]
        }
    }
}
