import Glibc

/// Why a test of the whole bundle cannot go on.
enum BundleTestError: Error, CustomStringConvertible {
    case missingTool(String)
    case spawn(String, CInt)
    case failed(CommandResult)
    case notReady(after: Duration, console: String)
    case notEnded(pid: pid_t, after: Duration)
    case absent(String)

    var description: String {
        switch self {
        case .missingTool(let tool):
            "\(tool) is not installed. Run: etc/install-packages build run test (make test does so)"
        case .spawn(let command, let code): "cannot start \(command): \(String(cString: strerror(code)))"
        case .failed(let result): "a command that must succeed failed:\n\(result)"
        case .notReady(let time, let console): "the bundle was not ready within \(time). Its console:\n\(console)"
        case .notEnded(let pid, let time): "process \(pid) did not end within \(time)"
        case .absent(let what): "\(what) is not there"
        }
    }
}
