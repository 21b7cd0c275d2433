import Glibc
import ProcessControl

/// A folder of the test's own, gone with it.
final class ScenarioFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/dockmaster-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a test folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        var request = SpawnRequest("/bin/rm", ["-rf", path])
        request.environment = ["PATH": "/usr/bin:/bin"]
        guard let child = try? Spawner.spawn(request) else { return }
        while child.reap() == nil { usleep(500) }
    }
}
