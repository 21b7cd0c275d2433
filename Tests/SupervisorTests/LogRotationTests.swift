import CZlib
import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A rotation by the clock")
struct LogRotationTests {
    /// 2026-11-24 00:00:00 UTC, a Tuesday.
    private static let tuesday = 1_795_478_400

    private func look(_ schedule: inout RotationSchedule, _ now: Int) -> Bool { schedule.look(at: now) }

    @Test("is due at the boundaries of its interval")
    func boundaries() {
        var schedule = RotationSchedule(.seconds(3600), begun: Self.tuesday + 100)
        #expect(schedule.due == Self.tuesday + 3600)
        #expect(look(&schedule, Self.tuesday + 3599) == false)
        #expect(look(&schedule, Self.tuesday + 3600) == true)
        #expect(look(&schedule, Self.tuesday + 3600) == false)
        #expect(schedule.due == Self.tuesday + 7200)
        #expect(look(&schedule, Self.tuesday + 20000) == true)
        #expect(schedule.due == Self.tuesday + 21600)
    }

    @Test("does not come twice when the clock is set back a little")
    func setBackALittle() {
        var schedule = RotationSchedule(.seconds(3600), begun: Self.tuesday)
        #expect(look(&schedule, Self.tuesday + 3600) == true)
        #expect(look(&schedule, Self.tuesday + 3590) == false)
        #expect(look(&schedule, Self.tuesday + 3601) == false)
        #expect(look(&schedule, Self.tuesday + 7200) == true)
    }

    @Test("does not stall when the clock is set back a lot")
    func setBackALot() {
        var schedule = RotationSchedule(.seconds(3600), begun: Self.tuesday)
        #expect(look(&schedule, Self.tuesday + 3600) == true)
        #expect(look(&schedule, Self.tuesday - 86400 + 60) == false)
        #expect(schedule.due == Self.tuesday - 86400 + 3600)
        #expect(look(&schedule, Self.tuesday - 86400 + 3600) == true)
    }

    @Test("of a weekday comes once a week, of midnight once a day")
    func days() {
        setenv("TZ", "UTC", 1)
        tzset()
        let monday = RotationSchedule(.weekday(0), begun: Self.tuesday)
        #expect(monday.due == Self.tuesday + 6 * 86400)
        let tuesday = RotationSchedule(.weekday(1), begun: Self.tuesday + 5)
        #expect(tuesday.due == Self.tuesday + 7 * 86400)
        var midnight = RotationSchedule(.midnight, begun: Self.tuesday + 5)
        #expect(midnight.due == Self.tuesday + 86400)
        #expect(look(&midnight, Self.tuesday + 86401) == true)
        #expect(midnight.due == Self.tuesday + 2 * 86400)
    }

    @Test("rotates a file that has something in it, and no empty one")
    func file() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a.log"
        var (now, due) = (Self.tuesday + 10, 0)
        let rotation = LogRotation(keep: 3, interval: .seconds(60))
        let file = LogFile(path: path, rotation: rotation, wallClock: { now }) {
            if case .due(let second) = $0 { due = second }
            LogFileTests.fail($0)
        }
        file.append(Array("one\n".utf8)[...])
        #expect(due == Self.tuesday + 60)
        now = due
        file.look()
        #expect(TextFile.read("\(path).1") == "one\n")
        now = Self.tuesday + 120
        file.look()
        #expect(TextFile.read("\(path).2") == nil)
        file.append(Array("two\n".utf8)[...])
        #expect(due == Self.tuesday + 180)
        now = due
        file.look()
        #expect(TextFile.read("\(path).1") == "two\n")
        #expect(TextFile.read("\(path).2") == "one\n")
    }

    @Test("ends the file of an earlier interval when the supervisor starts")
    func atStart() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a.log"
        let old = LogFile(path: path) { LogFileTests.fail($0) }
        old.append(Array("old\n".utf8)[...])
        let rotation = LogRotation(keep: 3, interval: .seconds(60))
        let later = time(nil) + 600
        let file = LogFile(path: path, rotation: rotation, wallClock: { later }) { LogFileTests.fail($0) }
        file.append(Array("new\n".utf8)[...])
        #expect(TextFile.read("\(path).1") == "old\n")
        #expect(TextFile.read(path) == "new\n")
    }

    @Test("a change of rotation takes effect at once, and drops what is no longer kept")
    func configure() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a.log"
        let file = LogFile(path: path, rotation: .init(size: 10, keep: 5)) { LogFileTests.fail($0) }
        for number in 0..<6 { file.append(Array("line \(number)..\n".utf8)[...]) }
        file.configure(.init(size: 100, keep: 2))
        #expect(TextFile.read("\(path).3") == nil)
        file.append(Array("line 6..\n".utf8)[...])
        #expect(TextFile.read(path) == "line 5..\nline 6..\n")
    }
}

@Suite("Compression of rotated logs")
struct LogCompressionTests {
    @Test("keeps every byte, in the order of the numbers, while the log is rotated on")
    func compresses() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a/a.log"
        mkdir("\(folder.path)/a", 0o700)
        let loop = try EventLoop()
        let files = try LogFiles(folder: folder.path, on: loop) { Issue.record("\($0)") }
        let file = files.open(nil, for: "a", .init(size: 20_000, keep: 50, compress: true))
        var written = ""
        for number in 0..<5000 {
            let line = "line \(number) of a log that is compressed\n"
            written += line
            file.append(Array(line.utf8)[...])
            if number % 100 == 0 { try loop.turn(waiting: .milliseconds(1)) }
        }
        let deadline = MonotonicTime.now.advanced(by: .seconds(20))
        while RotatedFiles(path: path, keep: 50).oldestPlain != nil, MonotonicTime.now < deadline {
            try loop.turn(waiting: .milliseconds(20))
        }
        #expect(TextFile.read("\(path).1") == nil)
        var found = ""
        for number in (1...50).reversed() { found += Self.unzipped("\(path).\(number).gz") ?? "" }
        #expect(found + (TextFile.read(path) ?? "") == written)
        for number in 1...50 { #expect(access("\(path).\(number).gz.new", F_OK) != 0) }
    }

    @Test("leaves a file that was dropped meanwhile dropped")
    func dropped() throws {
        let folder = try ScenarioFolder()
        let files = RotatedFiles(path: "\(folder.path)/a.log", keep: 2)
        let finished = files.unfinished(1)
        close(open(finished, O_CREAT | O_WRONLY, 0o600))
        #expect(files.adopt(finished, inode: 1))
        #expect(access(finished, F_OK) != 0)
        #expect(access(files.compressed(1), F_OK) != 0)
    }

    @Test("says what hinders it and leaves the plain file")
    func hindered() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/a/a.log"
        mkdir("\(folder.path)/a", 0o700)
        mkdir("\(path).1.gz.new", 0o700)
        let loop = try EventLoop()
        var told: [String] = []
        let files = try LogFiles(folder: folder.path, on: loop) { told.append($0) }
        let file = files.open(nil, for: "a", .init(size: 100, keep: 5, compress: true))
        file.append(Array("one\n".utf8)[...])
        file.rotateNow()
        let deadline = MonotonicTime.now.advanced(by: .seconds(20))
        while told.isEmpty, MonotonicTime.now < deadline { try loop.turn(waiting: .milliseconds(20)) }
        #expect(told.count == 1)
        #expect(told.first?.contains("is not compressed") == true)
        #expect(TextFile.read("\(path).1") == "one\n")
    }

    static func unzipped(_ path: String) -> String? {
        guard let file = gzopen(path, "rb") else { return nil }
        defer { gzclose(file) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while true {
            let count = gzread(file, &chunk, UInt32(chunk.count))
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<Int(count)]
        }
    }
}
