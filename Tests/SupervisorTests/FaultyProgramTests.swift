import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A program that cannot be executed", .serialized)
struct FaultyProgramTests {
    /// A way to make a program that does not start, and the words that are expected of it.
    struct Fault: CustomTestStringConvertible, Sendable {
        let name: String
        let contents: String?
        let mode: FileMode
        let problem: String
        let remedy: String
        var testDescription: String { name }
    }

    static let works = "#!/bin/sh\nexec sleep 1000\n"

    static let faults = [
        Fault(name: "is missing", contents: nil, mode: 0, problem: "No such file", remedy: "correct the path"),
        Fault(
            name: "has no x bit", contents: works, mode: 0o600, problem: "Permission denied", remedy: "chmod +x"),
        Fault(
            name: "names an interpreter that is missing", contents: "#!/no/such/shell\n", mode: 0o700,
            problem: "No such file", remedy: "#! line's interpreter"),
        Fault(
            name: "is no program", contents: "\u{1}\u{2}\u{3}\n", mode: 0o700, problem: "Exec format error",
            remedy: "give the script a #! line"),
    ]

    @Test("is told with its remedy, tried again, and runs once it is mended", arguments: faults)
    func fault(_ fault: Fault) throws {
        let run = try BareRun("  troubled: {cmd: [FOLDER/program], \(BareRun.patient)}")
        if let contents = fault.contents { try run.write("program", contents, mode: fault.mode) }
        #expect(try run.start(), "\(run.output)")
        #expect(run.says("cannot execute \(run.path("program")): \(fault.problem)"), "\(run.output)")
        #expect(run.output.contains(fault.remedy), "\(run.output)")
        try mend(run)
        #expect(run.says("everything is ready"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }

    @Test("because it is being written, is told so and runs when it is whole")
    func busy() throws {
        let run = try BareRun("  troubled: {cmd: [FOLDER/program, '1000'], \(BareRun.patient)}")
        try copySleep(run)
        var writer: OwnedDescriptor? = try OwnedDescriptor.open(run.path("program"), O_WRONLY)
        #expect(try run.start(), "\(run.output)")
        #expect(run.says("cannot execute \(run.path("program")): Text file busy; wait for the end"), "\(run.output)")
        writer = nil
        #expect(writer == nil && run.says("everything is ready"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
    }

    @Test("whose env_file is a FIFO, which nobody writes to, is told so and holds nothing up")
    func environmentFile() throws {
        let run = try BareRun("  troubled: {cmd: [/bin/true], env_file: FOLDER/fifo, \(BareRun.patient)}")
        #expect(mkfifo(run.path("fifo"), 0o600) == 0)
        #expect(try run.start(), "\(run.output)")
        #expect(run.says("env_file \(run.path("fifo")) is no file"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }

    @Test("because its file system is mounted noexec, is told so")
    func noexec() throws {
        let run = try BareRun("  troubled: {cmd: [FOLDER/mount/program, '1000'], \(BareRun.patient)}")
        try copySleep(run)
        mkdir(run.path("mount"), 0o700)
        let script = """
            mount -t tmpfs -o noexec tmpfs \(run.path("mount")) && cp \(run.path("program")) \(run.path("mount")); exec "$@"
            """
        #expect(try run.start(wrapper: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"]), "\(run.output)")
        #expect(run.says("cannot execute \(run.path("mount/program")): Permission denied"), "\(run.output)")
        #expect(run.output.contains("on a file system without noexec"))
        #expect(run.startsOfNeighbour == 1)
    }

    private func copySleep(_ run: BareRun) throws {
        let copy = try Spawner.spawn(SpawnRequest("/bin/cp", ["/bin/sleep", run.path("program")]))
        #expect(run.wait { copy.reap() == .code(0) })
    }

    private func mend(_ run: BareRun) throws {
        // Put in place whole: a program that is still open for writing cannot be executed.
        try run.write("program.new", Self.works, mode: 0o700)
        rename(run.path("program.new"), run.path("program"))
    }
}
