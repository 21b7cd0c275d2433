/// A syslog priority, 0 (emergency) to 7 (debug).
enum LogPriority: Int, Sendable {
    case emergency = 0
    case alert, critical, error, warning, notice, info, debug

    /// The priority for a level's name as loggers write it; `info` for one we do not know.
    init(level: String) {
        self = LogPriority(named: level) ?? .info
    }

    init?(named level: String) {
        switch level.lowercased() {
        case "emerg", "emergency", "panic": self = .emergency
        case "alert": self = .alert
        case "crit", "critical", "fatal": self = .critical
        case "err", "error": self = .error
        case "warn", "warning": self = .warning
        case "notice", "note": self = .notice
        case "info", "information": self = .info
        case "debug", "trace": self = .debug
        // As bunyan and pino number them; syslog's own are 0 to 7.
        case "60": self = .critical
        case "50": self = .error
        case "40": self = .warning
        case "30": self = .info
        case "20", "10": self = .debug
        default:
            guard let number = Int(level), let priority = LogPriority(rawValue: number) else { return nil }
            self = priority
        }
    }

    /// Takes a `<N>` prefix (sd-daemon(3)) off a line.
    static func prefix(of line: ArraySlice<UInt8>) -> (LogPriority, rest: ArraySlice<UInt8>)? {
        guard line.count >= 3, line.first == UInt8(ascii: "<"), line[line.startIndex + 2] == UInt8(ascii: ">"),
            let priority = LogPriority(rawValue: Int(line[line.startIndex + 1]) - 0x30)
        else { return nil }
        return (priority, line.dropFirst(3))
    }

    /// What the console shows.
    var word: String {
        switch self {
        case .emergency, .alert, .critical: "crit"
        case .error: "error"
        case .warning: "warn"
        case .notice: "note"
        case .info: "info"
        case .debug: "debug"
        }
    }
}
