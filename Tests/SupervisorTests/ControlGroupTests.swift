import Glibc
import ProcessControl
import Testing

@testable import Supervisor

/// In an ordinary folder: how supervisors share a tree does not depend on what the kernel makes of it.
@Suite("The control groups' folder")
struct ControlGroupTests {
    private let tree: ScenarioFolder

    init() throws {
        tree = try ScenarioFolder()
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a folder as another supervisor would.
    private func make(_ name: String) -> String {
        let path = "\(tree.path)/\(name)"
        mkdir(path, 0o700)
        mkdir("\(path)/web.1", 0o700)
        return path
    }

    private func lock(_ path: String) throws -> OwnedDescriptor {
        let file = try OwnedDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        #expect(flock(file.number, LOCK_EX | LOCK_NB) == 0)
        return file
    }

    @Test("of a dead supervisor is tidied away, that of a living one is not, whatever its pid says here")
    func stale() throws {
        // Of another PID namespace: here nobody has this number.
        let living = make("dockmaster-999999991")
        let dead = make("dockmaster-999999992")
        let supervisor = make("dockmaster-supervisor")
        let held = try lock(living)
        let groups = ControlGroups(tree.path)
        let group = try #require(groups.make("web.1"))
        #expect(group == "\(tree.path)/dockmaster-\(getpid())/web.1")
        #expect(exists("\(living)/web.1") && !exists(dead) && exists("\(supervisor)/web.1"))
        #expect(groups.removeAll())
        #expect(!exists("\(tree.path)/dockmaster-\(getpid())"))
        withExtendedLifetime(held.number) {}
    }

    @Test("is another one where a supervisor with the same pid has that name: two containers, say")
    func sameNumber() throws {
        let other = make("dockmaster-\(getpid())")
        let held = try lock(other)
        let groups = ControlGroups(tree.path)
        let group = try #require(groups.make("web.1"))
        #expect(group == "\(other)+1/web.1")
        #expect(groups.removeAll())
        #expect(exists("\(other)/web.1") && !exists("\(other)+1"))
        withExtendedLifetime(held.number) {}
    }

    @Test("and a group that somebody has removed are made again with the next process")
    func removed() throws {
        let groups = ControlGroups(tree.path)
        let group = try #require(groups.make("web.1"))
        #expect(rmdir(group) == 0 && rmdir("\(tree.path)/dockmaster-\(getpid())") == 0)
        _ = try groups.entrance(group)
        #expect(exists(group))
    }

    @Test("is gone on with after an upgrade")
    func resumed() throws {
        let before = try #require(ControlGroups(tree.path).make("web.1"))
        let folder = make("dockmaster-\(getpid())+7")
        let groups = ControlGroups(tree.path)
        groups.resume("\(folder)/web.1")
        #expect(groups.make("web.2") == "\(folder)/web.2")
        #expect(groups.removeAll())
        #expect(!exists(folder) && !before.isEmpty)
    }
}
