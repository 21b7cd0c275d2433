// `stdout_stream.*` and `stderr_stream.*`.

extension CircusWatcherReader {
    private static let streamKeys = [
        "class", "filename", "max_bytes", "backup_count", "rotate_when", "rotate_interval", "utc", "time_format",
        "color",
    ]

    mutating func readStreams() {
        var rotation: [(String, ConfigurationNode)]?
        for stream in ["stdout", "stderr"] {
            let prefix = "\(stream)_stream."
            let settings = section.entries.filter { $0.key.hasPrefix(prefix) }
            guard let first = settings.first else { continue }
            let values = Dictionary(
                settings.map { (String($0.key.dropFirst(prefix.count)), $0.value) }, uniquingKeysWith: { one, _ in one }
            )
            pairs.removeAll { $0.0 == stream }
            guard let own = read(values, stream, at: first.value) else { continue }
            if let other = rotation, ConfigurationNode.mapping(other) != .mapping(own) {
                warn(
                    first.value, "\(stream)_stream", "is rotated differently, and a watcher has one way",
                    "It is rotated as stdout is")
            } else if rotation == nil {
                rotation = own
            }
        }
        guard let rotation, let place = section.entries.first(where: { $0.key.contains("_stream.") })?.value else {
            return
        }
        add("log", .mapping(rotation), at: place, "stdout_stream")
    }

    /// - Returns: how its file is rotated; nil when it has none.
    private mutating func read(
        _ values: [String: CircusFile.Value], _ stream: String, at place: CircusFile.Value
    ) -> [(String, ConfigurationNode)]? {
        for (key, value) in values.sorted(by: { $0.value.line < $1.value.line }) where !Self.streamKeys.contains(key) {
            warn(value, "\(stream)_stream.\(key)", "has no equivalent", "Remove it")
        }
        if let value = values["time_format"] {
            warn(
                value, "\(stream)_stream.time_format", "has no equivalent: lines are written as they come",
                "dockmaster logs shows the time of each")
        }
        let file = values["filename"].map { value in
            FilePath.absolute(placeholders.expand(value.text), from: FilePath.parent(of: value.file))
        }
        let kind = values["class"]?.text.split(separator: ".").last.map(String.init) ?? "FileStream"
        switch kind {
        case "StdoutStream": add(stream, .string("inherit"), at: place)
        case "FancyStdoutStream":
            warn(
                place, "\(stream)_stream.class", "has no equivalent",
                "The terminal shows the log with names and colours")
        case "FileStream", "WatchedFileStream", "TimedRotatingFileStream":
            guard let file else {
                warn(place, "\(stream)_stream", "names no file", "The watcher's own log is written")
                return nil
            }
            add(stream, .string(file), at: values["filename"] ?? place)
            return kind == "FileStream"
                ? bySize(values, stream)
                : kind == "WatchedFileStream" ? [("size", .string("none"))] : byTime(values, stream)
        default:
            warn(
                values["class"] ?? place, "\(stream)_stream.class", "is \(kind), which has no equivalent",
                "The watcher's own log is written; see dockmaster logs -f")
        }
        return nil
    }

    /// Without a size, or without older files to keep, circus never rotates.
    private mutating func bySize(
        _ values: [String: CircusFile.Value], _ stream: String
    ) -> [(String, ConfigurationNode)] {
        let size = number(values, "max_bytes", stream)
        let count = number(values, "backup_count", stream)
        guard size > 0, count > 0 else { return [("size", .string("none"))] }
        return [("size", .integer(size)), ("keep", .integer(count))]
    }

    private mutating func byTime(
        _ values: [String: CircusFile.Value], _ stream: String
    ) -> [(String, ConfigurationNode)] {
        let count = number(values, "backup_count", stream)
        let each = max(1, number(values, "rotate_interval", stream, fallback: 1))
        let size: (String, ConfigurationNode) = ("size", .string("none"))
        // Circus keeps every file when no number is given.
        let keep: (String, ConfigurationNode) = ("keep", .integer(count == 0 ? 10_000 : count))
        guard let value = values["rotate_when"] else { return [size] }
        if values["utc"].flatMap({ CircusValue.flag($0.text) }) == true {
            warn(value, "\(stream)_stream.utc", "has no equivalent: days begin at local midnight", "Set TZ=UTC")
        }
        let units = ["S": "s", "M": "m", "H": "h", "D": "d"]
        let when = value.text.trimmedText
        if let unit = units[when] {
            return [size, keep, ("every", ConfigurationNode(.scalar("\(each)\(unit)", plain: true)))]
        }
        if each > 1 {
            warn(value, "\(stream)_stream.rotate_interval", "has no equivalent beside \(when)", "Each one rotates")
        }
        if when == "MIDNIGHT" { return [size, keep, ("every", .string("midnight"))] }
        if when.hasPrefix("W"), when.count == 2, let day = Int(when.dropFirst()),
            RotationReader.weekdays.indices.contains(day)
        {
            return [size, keep, ("every", .string(RotationReader.weekdays[day]))]
        }
        warn(value, "\(stream)_stream.rotate_when", "is \"\(when)\"", "Write S, M, H, D, MIDNIGHT or W0 to W6")
        return [size]
    }

    private mutating func number(
        _ values: [String: CircusFile.Value], _ key: String, _ stream: String, fallback: Int = 0
    ) -> Int {
        guard let value = values[key] else { return fallback }
        guard let number = Int(placeholders.expand(value.text).trimmedText) else {
            warn(value, "\(stream)_stream.\(key)", "is \"\(value.text)\", which is no number", "Write digits only")
            return fallback
        }
        return number
    }
}
