import Glibc
import Supervision
import Testing

@testable import ProcessControl
@testable import Supervisor

@Suite("A worker's check of its configuration")
struct WorkerCheckTests {
    private func script(_ folder: ScenarioFolder, _ text: String) throws -> String {
        let path = "\(folder.path)/worker"
        let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o700)
        try Array("#!/bin/sh\n\(text)\n".utf8).withUnsafeBytes { try file.writeAll($0) }
        return path
    }

    @Test("takes warnings for no problem, and what it says when it fails for one each")
    func words() throws {
        let folder = try ScenarioFolder()
        let fine = try script(folder, "echo 'warning: old key' >&2; exit 0")
        #expect(try WorkerCheck(fine, file: "/x").problems() == [])
        let bad = try script(folder, "echo 'warning: old key' >&2; echo 'line 3 is wrong' >&2; exit 1")
        #expect(try WorkerCheck(bad, file: "/x").problems() == ["line 3 is wrong"])
    }

    @Test("has failed without a word even where the reaper took its end first")
    func reaped() throws {
        let folder = try ScenarioFolder()
        let go = "\(folder.path)/go"
        let worker = try script(folder, "while [ ! -e \(go) ]; do sleep 0.02; done; exit 3")
        let check = try WorkerCheck(worker, file: "/x")
        // Whatever comes, it ends.
        defer { mkdir(go, 0o700) }
        // The kernel's list may leave out a child while another one ends.
        var pid: ProcessID?
        let deadline = MonotonicTime.now.advanced(by: .seconds(10))
        while pid == nil, MonotonicTime.now < deadline {
            pid = ProcessTable.children().first { TextFile.read("/proc/\($0)/cmdline")?.contains(worker) == true }
        }
        let child = try #require(pid)
        mkdir(go, 0o700)
        // What the reaper of a subreaper does with a child that nobody has announced.
        var status: CInt = 0
        #expect(waitpid(child, &status, 0) == child)
        StrayEnds.note(child, .code(3))
        #expect(check.problems() == ["\(worker) --check failed without a word: exit code 3"])
    }
}
