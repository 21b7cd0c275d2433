internal import BundleConfig
internal import Glibc
internal import ProcessControl

/// A program that a back-end asks: how it is started, how long it may take, and how many may run at once.
struct CommandSettings: Sendable, Equatable {
    /// What a program that is asked may say, in bytes.
    static let outputLimit = 64 << 10

    /// The program's path, found along PATH when the configuration was read.
    var path: String
    var arguments: [String]
    /// Each answer's.
    var time: Duration
    /// Processes at once.
    var processes: Int

    /// The keys that both forms know.
    static let keys = ["command", "args", "timeout", "processes"]

    /// Nil when refused.
    init?(_ node: ConfigurationNode, processes standard: Int, reading: inout ConfigurationReading) {
        time = reading.time(
            "timeout", of: node, default: .seconds(10), within: .milliseconds(100)...Duration.seconds(120))
        processes = reading.number("processes", of: node, default: standard, within: 1...64)
        arguments = reading.attempt { () throws(ConfigurationError) in try node.strings("args") } ?? []
        guard let command = reading.required("command", of: node, example: "/usr/local/bin/sign-in") else { return nil }
        let search = getenv("PATH").map { String(cString: $0) } ?? Self.searchPath
        guard let path = ExecutableSearch.find(command, path: search), access(path, X_OK) == 0 else {
            reading.refuse(
                (node["command"] ?? node).refused(
                    "names no program that can be run: \(command)", remedy: "Write its path, and chmod +x it"))
            return nil
        }
        self.path = path
    }

    private static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What the program is started with: nothing of this worker's environment but PATH, the language and the time zone.
    var request: SpawnRequest {
        var environment = ["PATH": getenv("PATH").map { String(cString: $0) } ?? Self.searchPath]
        for name in ["LANG", "LC_ALL", "TZ"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        var request = SpawnRequest(path, arguments, environment: environment)
        request.folder = "/"
        request.parentDeathSignal = SIGKILL
        return request
    }
}
