import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A log file")
struct LogFileTests {
    static func fail(_ report: LogFile.Report) {
        if case .trouble(let text) = report { Issue.record("\(text)") }
    }

    private func contents(_ folder: ScenarioFolder, keep: Int) -> String {
        let names = (1...keep).reversed().map { "a.log.\($0)" } + ["a.log"]
        return names.compactMap { TextFile.read("\(folder.path)/\($0)") }.joined()
    }

    @Test("loses no byte and splits no line when it is rotated")
    func rotation() throws {
        let folder = try ScenarioFolder()
        let keep = 400
        let file = LogFile(path: "\(folder.path)/a.log", rotation: .init(size: 1000, keep: keep)) { Self.fail($0) }
        var written = ""
        var pending: [UInt8] = []
        for number in 0..<3000 {
            let line = "line \(number) " + String(repeating: "z", count: number * 31 % 97) + "\n"
            written += line
            pending += line.utf8
            // In chunks that end anywhere.
            if pending.count > number % 211 {
                let cut = pending.count - number % 7 % pending.count
                file.append(pending[..<cut])
                pending.removeFirst(cut)
            }
        }
        file.append(pending[...])
        #expect(contents(folder, keep: keep) == written)
        for number in 1...10 {
            let part = try #require(TextFile.read("\(folder.path)/a.log.\(number)"))
            #expect(part.hasPrefix("line ") && part.hasSuffix("\n"))
            #expect(part.utf8.count <= 1000)
        }
    }

    @Test("keeps no more old files than asked for")
    func keeps() throws {
        let folder = try ScenarioFolder()
        let file = LogFile(path: "\(folder.path)/a.log", rotation: .init(size: 10, keep: 2)) { Self.fail($0) }
        for number in 0..<6 { file.append(Array("line \(number)..\n".utf8)[...]) }
        #expect(TextFile.read("\(folder.path)/a.log") == "line 5..\n")
        #expect(TextFile.read("\(folder.path)/a.log.2") == "line 3..\n")
        #expect(TextFile.read("\(folder.path)/a.log.3") == nil)
    }

    @Test("lets a line longer than the file end before it rotates")
    func longLine() throws {
        let folder = try ScenarioFolder()
        let file = LogFile(path: "\(folder.path)/a.log", rotation: .init(size: 100, keep: 3)) { Self.fail($0) }
        let long = [UInt8](repeating: 0x41, count: 450) + [0x0A]
        for start in stride(from: 0, to: long.count, by: 90) { file.append(long[start..<min(start + 90, long.count)]) }
        file.append(Array("next\n".utf8)[...])
        #expect(TextFile.read("\(folder.path)/a.log.1") == String(decoding: long, as: UTF8.self))
        #expect(TextFile.read("\(folder.path)/a.log") == "next\n")
    }

    @Test("tells once that it cannot write, and says what is lost once it can")
    func trouble() throws {
        let folder = try ScenarioFolder()
        var told: [String] = []
        let file = LogFile(path: "\(folder.path)/missing/a.log") {
            if case .trouble(let text) = $0 { told.append(text) }
        }
        file.append(Array("one\n".utf8)[...])
        file.append(Array("two\n".utf8)[...])
        #expect(told.count == 1)
        #expect(file.lostBytes == 8)
        mkdir("\(folder.path)/missing", 0o700)
        file.append(Array("three\n".utf8)[...])
        #expect(told.count == 2)
        #expect(told.last?.contains("8 bytes are lost") == true)
        #expect(TextFile.read("\(folder.path)/missing/a.log") == "three\n")
    }
}
