import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The log relay")
struct LogRelayTests {
    /// Processes write through pipes as services do.
    private func writer(_ script: String, _ output: CInt) throws -> ChildProcess {
        var request = SpawnRequest("/usr/bin/perl", ["-e", script])
        request.environment = ["PATH": "/usr/bin:/bin"]
        request.output = output
        request.error = output
        return try Spawner.spawn(request)
    }

    private func wait(_ children: [ChildProcess], _ limit: Duration = .seconds(30)) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        for child in children {
            while child.reap() == nil {
                guard MonotonicTime.now < deadline else {
                    child.signalGroup(SIGKILL)
                    return false
                }
                usleep(2000)
            }
        }
        return true
    }

    private func open(
        _ relay: LogRelay, slot: Int, _ watcher: String, _ rotation: LogRotation, file: String? = nil,
        stream: LogStream = .output
    ) throws -> OwnedDescriptor {
        let ends = try Pipe().ends()
        relay.post(
            .open(
                slot: slot, watcher: watcher, stream: stream, file: file, rotation: rotation, descriptor: ends.reading))
        return OwnedDescriptor(adopting: ends.writing)
    }

    private func all(_ path: String, keep: Int) -> String {
        ((1...keep).reversed().map { "\(path).\($0)" } + [path]).compactMap {
            TextFile.read($0) ?? LogCompressionTests.unzipped("\($0).gz")
        }.joined()
    }

    @Test(
        "loses and splits no line of several processes that write to one file in pieces while it is rotated",
        arguments: [false, true])
    func concurrent(compress: Bool) throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let rotation = LogRotation(size: 4096 * 3, keep: 3000, compress: compress)
        var children: [ChildProcess] = []
        let (writers, lines) = (4, 1500)
        for writer in 0..<writers {
            let pipe = try open(relay, slot: writer, "a", rotation)
            // Lines of any length, some longer than a page, in writes that end anywhere.
            let script = """
                srand(\(writer)); $b = "";
                for $n (1..\(lines)) {
                    $b .= "w\(writer) $n " . ("x" x (rand() < .01 ? rand(20000) : rand(200))) . " $n end\\n";
                    if (rand() < .4) { $k = int(rand(length $b)); syswrite(STDOUT, $b, $k); substr($b, 0, $k) = "" }
                }
                while (length $b) { $k = syswrite(STDOUT, $b, 999); substr($b, 0, $k) = "" }
                """
            children.append(try self.writer(script, pipe.number))
        }
        // Somebody rotates at any time as well.
        for _ in 0..<20 {
            relay.post(.rotate(watchers: ["a"]))
            usleep(5000)
        }
        #expect(wait(children))
        relay.finish(within: 20_000)
        var next = [Int](repeating: 1, count: writers)
        for line in all("\(folder.path)/a/a.log", keep: 3000).split(separator: "\n") {
            let words = line.split(separator: " ")
            let writer = try #require(words.first.flatMap { Int($0.dropFirst()) })
            #expect(words.count >= 4 && words.last == "end" && words[1] == words[words.count - 2])
            #expect(Int(words[1]) == next[writer])
            next[writer] += 1
        }
        #expect(next == [Int](repeating: lines + 1, count: writers))
    }

    @Test("carries bytes that are not UTF-8, format characters and a line of a mebibyte intact")
    func strangeLines() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let pipe = try open(relay, slot: 1, "a", LogRotation(size: 100_000, keep: 5))
        let script = #"$| = 1; print "\xff\xfe\0%s%n\n"; print "y" x (1 << 20), "\n"; print "after\n";"#
        #expect(wait([try writer(script, pipe.number)]))
        relay.finish(within: 20_000)
        let path = "\(folder.path)/a/a.log"
        // The long line ends its file: nothing is split.
        let whole = [path, "\(path).1", "\(path).2"].compactMap { try? Self.bytes($0) }.sorted {
            $0.count > $1.count
        }
        #expect(whole.first?.count == 1 << 20 + 1)
        let rest = whole.dropFirst().flatMap { $0 }
        #expect(rest.contains(0xFF) && String(decoding: rest, as: UTF8.self).contains("%s%n\n"))
        #expect(TextFile.read(path) == "after\n")
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = try OwnedDescriptor.open(path, O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 4 << 20)
        let count = read(file.number, &bytes, bytes.count)
        return Array(bytes[..<max(0, count)])
    }

    @Test("puts the streams of a process where each of them goes")
    func streams() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let output = try open(relay, slot: 1, "a", LogRotation())
        let error = try open(relay, slot: 1, "a", LogRotation(), file: "\(folder.path)/err.log", stream: .error)
        _ = write(output.number, "out\n", 4)
        _ = write(error.number, "err\n", 4)
        relay.finish(within: 20_000)
        #expect(TextFile.read("\(folder.path)/a/a.log") == "out\n")
        #expect(TextFile.read("\(folder.path)/err.log") == "err\n")
        #expect(SymbolicLink.target("\(folder.path)/a/stderr.log") == "\(folder.path)/err.log")
    }

    @Test("opens a file anew that somebody has renamed, as soon as it is told")
    func reopen() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let output = try open(relay, slot: 1, "a", LogRotation())
        let path = "\(folder.path)/a/a.log"
        _ = write(output.number, "one\n", 4)
        try appears { TextFile.read(path) == "one\n" }
        rename(path, "\(path).old")
        relay.post(.reopen)
        try appears { access(path, F_OK) == 0 }
        _ = write(output.number, "two\n", 4)
        relay.finish(within: 20_000)
        #expect(TextFile.read("\(path).old") == "one\n")
        #expect(TextFile.read(path) == "two\n")
    }

    @Test("reads on while the log's disk is full, and says afterwards how much is lost")
    func fullDevice() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let output = try open(relay, slot: 1, "a", LogRotation(), file: "/dev/full")
        // More than the pipe holds: the writer ends only when it is read.
        #expect(wait([try writer(#"print "x" x 99, "\n" for 1..50000"#, output.number)]))
        relay.finish(within: 20_000)
        let told = TextFile.read("\(folder.path)/dockmaster/dockmaster.log") ?? ""
        #expect(told.contains("cannot write /dev/full"))
        #expect(told.contains("free space on that disk"))
    }

    @Test("recovers from a full disk by itself, with whole lines on both sides of the gap")
    func fullDisk() throws {
        let folder = try ScenarioFolder()
        let disk = "\(folder.path)/disk"
        mkdir(disk, 0o700)
        guard mount("none", disk, "tmpfs", 0, "size=256k") == 0 else { throw SystemError.last("mount a small disk") }
        defer { umount2(disk, CInt(MNT_DETACH)) }
        let relay = try LogRelay(folder: folder.path, console: false)
        let path = "\(disk)/a.log"
        let output = try open(relay, slot: 1, "a", LogRotation(), file: path)
        #expect(wait([try writer(#"print "line $_ ", "x" x 99, " end\n" for 1..20000"#, output.number)]))
        try appears { (TextFile.read(path) ?? "").contains("line 1 ") }
        let told = { TextFile.read("\(folder.path)/dockmaster/dockmaster.log") ?? "" }
        try appears { told().contains("No space left on device") }
        // The pipe may have grown: what is left in it would fill the next file, too.
        try appears { waiting(in: output) == 0 }
        rename(path, "\(path).full")
        var before = ""
        try appears {
            before = TextFile.read("\(path).full") ?? ""
            return before.hasSuffix(" end\n")
        }
        unlink("\(path).full")
        relay.post(.reopen)
        // A busy pipe may be read before the order: what is written now would follow the old file.
        try appears { access(path, F_OK) == 0 }
        _ = write(output.number, "back\n", 5)
        try appears { TextFile.read(path)?.hasSuffix("back\n") == true }
        relay.finish(within: 20_000)
        #expect(before.hasPrefix("line 1 "))
        #expect(before.split(separator: "\n").allSatisfy { $0.hasPrefix("line ") && $0.hasSuffix(" end") })
        // A short line may have found room in between: then it is told of more than once.
        let lost = told().matches(of: /works again; ([0-9]+) bytes are lost/).compactMap { Int($0.output.1) }
        #expect(lost.reduce(0, +) > 1 << 20, "\(lost)")
    }

    @Test("is not held up by a named pipe that nobody reads")
    func stuckReader() throws {
        let folder = try ScenarioFolder()
        let fifo = "\(folder.path)/fifo"
        mkfifo(fifo, 0o600)
        let relay = try LogRelay(folder: folder.path, console: false)
        let output = try open(relay, slot: 1, "a", LogRotation(size: 1000), file: fifo)
        #expect(wait([try writer(#"print "x" x 99, "\n" for 1..50000"#, output.number)]))
        // Now somebody has it open and does not read.
        let reader = try OwnedDescriptor.open(fifo, O_RDONLY | O_NONBLOCK)
        #expect(wait([try writer(#"print "x" x 99, "\n" for 1..50000"#, output.number)]))
        relay.finish(within: 20_000)
        #expect(reader.number >= 0)
        #expect(access("\(fifo).1", F_OK) != 0)
    }

    @Test("tells the death of a process with its last words")
    func death() throws {
        let folder = try ScenarioFolder()
        let relay = try LogRelay(folder: folder.path, console: false)
        let output = try open(relay, slot: 7, "a", LogRotation())
        _ = write(output.number, "no newline", 10)
        relay.post(
            .death(slot: 7, .init(level: "error", sentence: "a[1] died.", hint: "See: dockmaster logs a", fields: [])))
        relay.finish(within: 20_000)
        let told = TextFile.read("\(folder.path)/dockmaster/dockmaster.log") ?? ""
        #expect(told.contains(#"a[1] died. Last words: \"no newline\". See: dockmaster logs a"#))
        #expect(TextFile.read("\(folder.path)/a/a.log") == "no newline\n")
    }

    /// Bytes of a pipe that nobody has read yet.
    private func waiting(in pipe: borrowing OwnedDescriptor) -> CInt {
        var count: CInt = 0
        _ = ioctl(pipe.number, UInt(FIONREAD), &count)
        return count
    }

    private func appears(line: Int = #line, _ isSo: () -> Bool) throws {
        let deadline = MonotonicTime.now.advanced(by: .seconds(20))
        while !isSo() {
            guard MonotonicTime.now < deadline else {
                throw Refusal(problems: ["what line \(line) waits for did not come to be"])
            }
            usleep(2000)
        }
    }
}
