import CZlib
import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor
import TextFormats

/// A logs folder that a test fills.
struct LoggedFolder {
    let folder: ScenarioFolder
    var place: LogFolder { LogFolder(path: folder.path) }

    init() throws {
        folder = try ScenarioFolder()
    }

    /// - Parameter modified: seconds since the epoch.
    func write(_ name: String, _ text: String, modified: Int? = nil, append: Bool = false) throws {
        let path = "\(folder.path)/\(name)"
        mkdir(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"), 0o700)
        if name.hasSuffix(".gz") {
            let file = gzopen(path, "wb")
            gzputs(file, text)
            gzclose(file)
        } else {
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC))
            try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
        }
        if let modified {
            let time = timespec(tv_sec: modified, tv_nsec: 0)
            utimensat(AT_FDCWD, path, [time, time], 0)
        }
    }

    func snapshot(_ watchers: [String]? = nil) -> LogSnapshot {
        LogSnapshot(place, watchers: watchers ?? place.watchers) { Issue.record("\($0)") }
    }

    /// A JSON line at a second of 2026-11-24 16:00 UTC.
    static func line(_ second: Int, _ message: String, _ more: String = "") -> String {
        "{\"time\":\"2026-11-24T16:\(two(second / 60)):\(two(second % 60)).000000Z\",\"level\":\"info\",\"msg\":\"\(message)\"\(more)}\n"
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    /// 2026-11-24 16:00 UTC.
    static let start = 1_795_536_000
}

private func messages(_ entries: [LogEntry]) -> [String] {
    entries.map { String(decoding: LogLine($0.line[...]).message, as: UTF8.self) }
}

private func all(_ snapshot: LogSnapshot, _ filter: LogFilter = LogFilter()) -> [LogEntry] {
    var merge = snapshot.all(filter)
    var entries: [LogEntry] = []
    while let entry = merge.next() { entries.append(entry) }
    return entries
}

@Suite("A time in a log")
struct LogReadingTimeTests {
    @Test("is read as RFC 3339 has it")
    func times() {
        func parse(_ text: String) -> Int64? { UTCTime(rfc3339: text)?.sinceEpoch }
        let start = Int64(LoggedFolder.start) * 1_000_000_000
        #expect(parse("2026-11-24T16:00:00Z") == start)
        #expect(parse("2026-11-24T17:30:00.25+01:30") == start + 250_000_000)
        #expect(parse("2026-11-24 16:00:00.000000001Z") == start + 1)
        #expect(parse("2026-11-24T16:00:00") == nil)
        #expect(parse("2026-13-24T16:00:00Z") == nil)
        #expect(parse("1970-01-01T00:00:00Z") == 0)
        #expect(parse("2024-02-29T00:00:00Z") == 1_709_164_800_000_000_000)
    }

    @Test("is found wherever a JSON or logfmt line has it")
    func lines() {
        func of(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes { LogTime.of($0) } }
        #expect(of(#"{"level":"info","time":"1970-01-01T00:00:01Z"}"#) == 1_000_000_000)
        #expect(of(#"time="1970-01-01T00:00:02Z" level=info"#) == 2_000_000_000)
        #expect(of("time=1970-01-01T00:00:02Z level=info") == 2_000_000_000)
        #expect(of("1970-01-01T00:00:03.5+00:00 INFO ready") == 3_500_000_000)
        setenv("TZ", "UTC", 1)
        tzset()
        #expect(of("1970-01-01 00:00:05,250 INFO ready") == 5_250_000_000)
        #expect(of("[1970/01/01 00:00:06] ready") == 6_000_000_000)
        #expect(of("192.168.0.1 - - [24/Nov/2026]") == nil)
        #expect(of("[worker 1] ready") == nil)
        #expect(of("plain") == nil)
        #expect(of("") == nil)
    }

    @Test("may be given as people give it")
    func expressions() {
        setenv("TZ", "UTC", 1)
        tzset()
        func parse(_ text: String) -> Int? {
            TimeExpression.parse(text, now: LoggedFolder.start).map { Int($0 / 1_000_000_000) }
        }
        #expect(parse("10m") == LoggedFolder.start - 600)
        #expect(parse("1h30m") == LoggedFolder.start - 5400)
        #expect(parse("2026-11-24 16:00") == LoggedFolder.start)
        #expect(parse("2026-11-24") == LoggedFolder.start - 16 * 3600)
        #expect(parse("15:30") == LoggedFolder.start - 1800)
        #expect(parse("yesterday") == LoggedFolder.start - 40 * 3600)
        #expect(parse("2026-11-24T16:00:00Z") == LoggedFolder.start)
        for wrong in ["", "10", "m", "10x", "2026-11", "25:00", "tomorrow", "16:0x"] { #expect(parse(wrong) == nil) }
    }
}

@Suite("Reading logs")
struct LogReadingTests {
    @Test("merges all watchers by time, over rotated and compressed files")
    func merges() throws {
        let logs = try LoggedFolder()
        let line = LoggedFolder.line
        try logs.write("a/a.log.2.gz", line(1, "a1", "") + line(4, "a4", ""))
        try logs.write("a/a.log.1", line(5, "a5", ""))
        try logs.write("a/a.log", line(9, "a9", ""))
        try logs.write("b/b.log", line(2, "b2", "") + line(5, "b5", "") + line(7, "b7", ""))
        try logs.write("b/notes.txt", "no log\n")
        #expect(messages(all(logs.snapshot())) == ["a1", "b2", "a4", "a5", "b5", "b7", "a9"])
        for count in 0...8 {
            #expect(
                messages(logs.snapshot().newest(count, LogFilter()))
                    == ["a1", "b2", "a4", "a5", "b5", "b7", "a9"].suffix(count))
        }
    }

    @Test("follows a link to a log elsewhere, and finds the older files beside that")
    func elsewhere() throws {
        let logs = try LoggedFolder()
        let line = LoggedFolder.line
        try logs.write("far/web.out.2.gz", line(1, "a1", ""))
        try logs.write("far/web.out.1", line(2, "a2", ""))
        try logs.write("far/web.out", line(3, "a3", ""))
        try logs.write("far/web.outer", line(4, "no log", ""))
        try logs.write("web/web.log", line(0, "a0", ""))
        for stream in ["stdout", "stderr"] {
            #expect(symlink("\(logs.folder.path)/far/web.out", "\(logs.folder.path)/web/\(stream).log") == 0)
        }
        #expect(symlink("/dev/null", "\(logs.folder.path)/web/gone.log") == 0)
        #expect(messages(all(logs.snapshot(["web"]))) == ["a0", "a1", "a2", "a3"])
    }

    @Test("reads a file that is being compressed once")
    func both() throws {
        let logs = try LoggedFolder()
        try logs.write("a/a.log.1", LoggedFolder.line(1, "one"))
        try logs.write("a/a.log.1.gz", LoggedFolder.line(1, "one"))
        #expect(messages(all(logs.snapshot())) == ["one"])
    }

    @Test("lets lines without a time follow the line before them")
    func untimed() throws {
        let logs = try LoggedFolder()
        let line = LoggedFolder.line
        try logs.write("a/a.log", "first\n" + line(3, "a3", "") + "  at x\n  at y\n" + line(6, "a6", "") + "tail\n")
        try logs.write("b/b.log", line(2, "b2", "") + line(4, "b4", "") + line(7, "b7", ""))
        try logs.write("c/c.log", "plain\n", modified: LoggedFolder.start + 5)
        let expected = ["b2", "first", "a3", "  at x", "  at y", "b4", "plain", "a6", "tail", "b7"]
        #expect(messages(all(logs.snapshot())) == expected)
        #expect(messages(logs.snapshot().newest(20, LogFilter())) == expected)
        #expect(messages(logs.snapshot().newest(4, LogFilter())) == expected.suffix(4))
    }

    @Test("from the end gives what reading from the start gives, whatever the lines")
    func randomized() throws {
        let logs = try LoggedFolder()
        var seed: UInt64 = 7
        func random(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        for watcher in ["a", "b", "c"] {
            var second = 0
            for file in [".2.gz", ".1", ""] {
                var text = file == ".2.gz" ? LoggedFolder.line(0, "begin \(watcher)") : ""
                for number in 0..<400 {
                    second += random(3)
                    let filler = String(repeating: "x", count: random(20) == 0 ? random(90_000) : random(100))
                    text +=
                        random(4) == 0
                        ? "plain \(watcher)\(file) \(number) \(filler)\n"
                        : LoggedFolder.line(second, "\(watcher)\(file) \(number)", ",\"f\":\"\(filler)\"")
                }
                try logs.write("\(watcher)/\(watcher).log\(file)", text)
            }
        }
        let whole = all(logs.snapshot())
        #expect(whole.count == 3 * 3 * 400 + 3)
        // A cut file gets its first plain lines' time from itself: only where a time precedes is the order the same.
        for count in [1, 5, 50, 300, 1200] {
            let newest = logs.snapshot().newest(count, LogFilter())
            #expect(newest.count == count)
            for watcher in ["a", "b", "c"] {
                let lines = newest.filter { $0.watcher == watcher }.map(\.line)
                #expect(lines == whole.filter { $0.watcher == watcher }.map(\.line).suffix(lines.count))
            }
        }
    }

    @Test("finds by time, level, request and expression")
    func filters() throws {
        let logs = try LoggedFolder()
        let line = LoggedFolder.line
        try logs.write(
            "a/a.log",
            line(1, "one", ",\"request_id\":\"r1\"") + line(2, "two r1", "") + "<3>disk full\n"
                + #"{"time":"2026-11-24T16:00:03Z","level":"error","msg":"three","request_id":"r2"}"# + "\n")
        func found(_ change: (inout LogFilter) throws -> Void) rethrows -> [String] {
            var filter = LogFilter()
            try change(&filter)
            let forward = messages(all(logs.snapshot(), filter))
            #expect(messages(logs.snapshot().newest(10, filter)) == forward)
            return forward
        }
        let second = { (number: Int) in Int64(LoggedFolder.start + number) * 1_000_000_000 }
        #expect(found { $0.request = "r1" } == ["one"])
        #expect(found { $0.level = .error } == ["disk full", "three"])
        #expect(found { $0.since = second(3) } == ["three"])
        #expect(found { $0.until = second(1) } == ["one"])
        #expect(try found { $0.pattern = try RegularExpression("t(wo|hree)") } == ["two r1", "three"])
        #expect(throws: Refusal.self) { try RegularExpression("(") }
    }

    @Test("names the watchers there are when it is asked for another")
    func unknown() throws {
        let logs = try LoggedFolder()
        try logs.write("registry/registry.log", "x\n")
        try logs.write("proxy/proxy.log", "x\n")
        #expect(try logs.place.select(["reg*"]) == ["registry"])
        #expect(try logs.place.select([]) == ["proxy", "registry"])
        let refusal = #expect(throws: Refusal.self) { try logs.place.select(["nginx"]) }
        #expect(refusal?.problems.first?.contains("there are proxy, registry") == true)
    }

    @Test("says what it cannot read of a damaged file and shows the rest")
    func damaged() throws {
        let logs = try LoggedFolder()
        try logs.write("a/a.log.1.gz", (0..<9000).map { LoggedFolder.line($0 % 3600, "n\($0)") }.joined())
        let path = "\(logs.folder.path)/a/a.log.1.gz"
        truncate(path, 20_000)
        try logs.write("a/a.log", LoggedFolder.line(3599, "last"))
        var told: [String] = []
        let snapshot = LogSnapshot(logs.place, watchers: ["a"]) { told.append($0) }
        let entries = all(snapshot)
        #expect(entries.count > 10)
        #expect(messages(entries).last == "last")
        #expect(told.count == 1 && told[0].contains("is damaged"))
    }

    @Test("prints plain lines as JSON where JSON is asked for, and JSON as it stands")
    func json() {
        let printer = LogPrinter(json: true, width: 8, colours: false)
        let plain = LogEntry(time: 1_500_000_000, watcher: "a", line: Array("a \"b\"".utf8))
        #expect(
            String(decoding: printer.render(plain), as: UTF8.self)
                == #"{"time":"1970-01-01T00:00:01.500000Z","watcher":"a","msg":"a \"b\""}"# + "\n")
        let json = LogEntry(time: 0, watcher: "a", line: Array(#"{"x":1}"#.utf8))
        #expect(String(decoding: printer.render(json), as: UTF8.self) == "{\"x\":1}\n")
    }
}

@Suite("Following logs")
struct LogReadingFollowTests {
    private func follower(_ logs: LoggedFolder, _ patterns: [String] = []) -> LogFollower {
        let seen = LogSnapshot(logs.place, watchers: logs.place.watchers, wholeLines: true) { Issue.record("\($0)") }
        return LogFollower(logs.place, patterns: patterns, seen: seen, filter: LogFilter()) { Issue.record("\($0)") }
    }

    @Test("gives every line once, over any number of rotations, compressed or not", arguments: [false, true])
    func rotations(compress: Bool) throws {
        let logs = try LoggedFolder()
        try logs.write("a/a.log", "seen\n")
        let follower = follower(logs)
        let loop = try EventLoop()
        let files = try LogFiles(folder: logs.folder.path, on: loop) { Issue.record("\($0)") }
        let file = files.open(nil, for: "a", .init(size: 2000, keep: 100, compress: compress))
        var (written, seen) = ([String](), [String]())
        for number in 0..<3000 {
            file.append(Array("line \(number)\n".utf8)[...])
            written.append("line \(number)")
            // Some looks come after several rotations.
            if number % 500 < 20 || number == 2999 {
                try loop.turn(waiting: .zero)
                seen += messages(follower.news())
            }
        }
        #expect(seen == written)
    }

    @Test("finds new watchers and files renamed by somebody else, and is told of both")
    func news() throws {
        let logs = try LoggedFolder()
        try logs.write("a/a.log", "seen\npart")
        let follower = follower(logs)
        #expect(follower.news().isEmpty)
        try logs.write("a/a.log", "ial\n", append: true)
        #expect(follower.wait(STDERR_FILENO, limit: 10_000))
        #expect(messages(follower.news()) == ["partial"])
        rename("\(logs.folder.path)/a/a.log", "\(logs.folder.path)/a/a.old")
        try logs.write("a/a.log", "new\n")
        #expect(messages(follower.news()) == ["new"])
        try logs.write("b/b.log", "")
        #expect(follower.wait(STDERR_FILENO, limit: 10_000))
        try logs.write("b/b.log", "hello\n", append: true)
        let deadline = MonotonicTime.now.advanced(by: .seconds(10))
        var seen: [String] = []
        while seen.isEmpty, MonotonicTime.now < deadline {
            _ = follower.wait(STDERR_FILENO, limit: 1000)
            seen += messages(follower.news())
        }
        #expect(seen == ["hello"])
    }

    @Test("ends when nobody reads any more")
    func closed() throws {
        let logs = try LoggedFolder()
        try logs.write("a/a.log", "seen\n")
        let follower = follower(logs)
        let ends = try Pipe().ends()
        close(ends.reading)
        #expect(!follower.wait(ends.writing, limit: 10_000))
        close(ends.writing)
    }
}
