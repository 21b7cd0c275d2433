/// What `dockmaster logs` was asked for.
struct LogQuery {
    var filter = LogFilter()
    /// Only the newest so many; nil: all.
    var count: Int?

    init(_ command: LogsCommand) throws(Refusal) {
        filter.since = try Self.time(command.since, "--since")
        filter.until = try Self.time(command.until, "--until")
        if let pattern = command.grep { filter.pattern = try RegularExpression(pattern) }
        if let level = command.level { filter.level = try Self.level(level) }
        filter.request = command.request
        switch command.lines {
        case nil: count = filter.isSelective ? nil : command.follow ? 10 : 100
        case "all": count = nil
        case let text?:
            guard let number = Int(text), number >= 0 else {
                throw Refusal(problems: ["--lines is \"\(text)\": give a number, or all"])
            }
            count = number
        }
    }

    private static func time(_ text: String?, _ option: String) throws(Refusal) -> Int64? {
        guard let text else { return nil }
        guard let time = TimeExpression.parse(text) else {
            throw Refusal(problems: ["\(option) is \"\(text)\", which is no time: \(TimeExpression.forms)"])
        }
        return time
    }

    private static func level(_ text: String) throws(Refusal) -> LogPriority {
        guard let level = LogPriority(named: text) else {
            throw Refusal(problems: [
                "--level is \"\(text)\": give debug, info, notice, warning, error or critical"
            ])
        }
        return level
    }
}
