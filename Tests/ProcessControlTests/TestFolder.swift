import Glibc

@testable import ProcessControl

/// A folder of the test's own, gone with it.
final class TestFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/dockmaster-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a test folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = try? ChildRun("/bin/rm", ["-rf", path])
    }

    func write(_ contents: String, to name: String, mode: FileMode = 0o600) throws -> String {
        let file = try OwnedDescriptor.open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        let bytes = Array(contents.utf8)
        _ = Glibc.write(file.number, bytes, bytes.count)
        return "\(path)/\(name)"
    }
}
