import PluginInterface
import Testing

@testable import Supervisor

private func line(_ text: String) -> LogLine { LogLine(Array(text.utf8)[...]) }
private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("A log line")
struct LogLineTests {
    @Test("of JSON gives its message, level and other members")
    func json() {
        let line = line(
            #"{"time":"2026-11-24T16:33:01Z","level":"error","msg":"a \"b\" \u00e9\ud83d\ude00","request_id":"r1","n":-1.5e3,"deep":{"a":[1,"}"]}}"#
        )
        #expect(line.isJSON)
        #expect(text(line.message) == "a \"b\" é😀")
        #expect(line.priority == .error)
        #expect(line.fields.map(\.key) == ["request_id", "n", "deep"])
        #expect(line.fields.map { $0.value.text } == ["r1", "-1.5e3", #"{"a":[1,"}"]}"#])
    }

    @Test(
        "that only looks like JSON is text",
        arguments: [
            "{", "{}", "{\"msg\":\"a\"} x", "{\"msg\":\"a\"", "{\"msg\":}", "{\"msg\":tru}", "{\"msg\" \"a\"}",
            "{msg:1}", "{\"msg\":\"\\x\"}", "{\"other\":1}", "%s %d %n", "", "[1]",
        ])
    func notJSON(text: String) {
        let line = line(text)
        #expect(!line.isJSON)
        #expect(line.message == Array(text.utf8))
    }

    @Test("of JSON has its level in words or numbers, with a message or without")
    func levels() {
        #expect(line(#"{"level":50,"msg":"x"}"#).priority == .error)
        #expect(line(#"{"level":"warn","event":"x"}"#).priority == .warning)
        #expect(line(#"{"level":3,"event":"x"}"#).priority == .error)
        #expect(line(#"{"level":"loud","event":"x"}"#).priority == .info)
    }

    @Test("takes its priority from a <N> prefix")
    func prefix() {
        #expect(line("<3>disk full").priority == .error)
        #expect(text(line("<3>disk full").message) == "disk full")
        #expect(text(line("<9>x").message) == "<9>x")
    }

    @Test("keeps bytes that are not UTF-8")
    func bytes() {
        let bytes: [UInt8] = [0xFF, 0x00, 0xC3, 0x28]
        #expect(LogLine(bytes[...]).message == bytes)
    }
}

@Suite("A line buffer")
struct LineBufferTests {
    private func feed(_ buffer: inout LineBuffer, _ bytes: ArraySlice<UInt8>, _ emit: (UnsafeRawBufferPointer) -> Void)
    {
        bytes.withUnsafeBytes { buffer.feed($0, emit) }
    }

    @Test("finds the same lines however the stream is cut", arguments: [1, 2, 3, 7, 64, 1000])
    func pieces(size: Int) {
        let lines = (0..<50).map { String(repeating: "x", count: $0 * 7 % 90) + "\($0)" }
        let stream = Array((lines.joined(separator: "\n") + "\nrest").utf8)
        var buffer = LineBuffer()
        var seen: [String] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            feed(&buffer, stream[start..<min(start + size, stream.count)]) { block in
                #expect(block.last == 0x0A)
                LineBuffer.lines(of: block) { seen.append(text(Array($0))) }
            }
        }
        #expect(seen == lines)
        buffer.flush { seen.append(text(Array($0))) }
        #expect(seen.last == "rest\n")
    }

    @Test("passes a line of a mebibyte whole, and a longer one than its limit in pieces")
    func long() {
        var buffer = LineBuffer(limit: 2 << 20)
        var sizes: [Int] = []
        let stream =
            [UInt8](repeating: 0x41, count: 1 << 20) + [0x0A] + [UInt8](repeating: 0x42, count: 5 << 20) + [0x0A]
        for start in stride(from: 0, to: stream.count, by: 65536) {
            feed(&buffer, stream[start..<min(start + 65536, stream.count)]) { sizes.append($0.count) }
        }
        #expect(sizes.first == 1 << 20 + 1)
        #expect(sizes.reduce(0, +) == stream.count)
        #expect(sizes.dropFirst().allSatisfy { $0 <= 2 << 20 + 65536 })
    }

    @Test("counts lines, the last without a newline too")
    func counting() {
        #expect(Array("a\nb\n".utf8).withUnsafeBytes(LineBuffer.count) == 2)
        #expect(Array("a\n\nb".utf8).withUnsafeBytes(LineBuffer.count) == 3)
    }
}

@Suite("The console")
struct ConsoleFormatTests {
    private let format = ConsoleFormat(colours: false, width: 8)

    @Test("shows the watcher, the time, the level, the sentence and the fields that say more")
    func json() {
        let shown = format.render(
            line(
                #"{"level":"info","msg":"pushed a:1","component":"registry","request_id":"r1","user":"b","error":"c d"}"#
            ),
            watcher: "registry", clock: "16:33:01")
        #expect(text(shown) == "registry  16:33:01 info  pushed a:1  request_id=r1  error=\"c d\"\n")
    }

    @Test("shows plain lines as they are")
    func plain() {
        let shown = format.render(line("100% %s \u{1B}[1m"), watcher: "auth", clock: "16:33:01")
        #expect(text(shown) == "auth      16:33:01 info  100% %s \u{1B}[1m\n")
    }

    @Test("does not let a field command the terminal")
    func escapes() {
        let shown = format.render(
            line(#"{"level":"warning","msg":"hello\u001b[2J","error":"x\ny"}"#), watcher: "auth", clock: "16:33:01")
        #expect(text(shown) == "auth      16:33:01 warn  hello\\x1b[2J  error=\"x\\x0ay\"\n")
    }
}

@Suite("A journal entry")
struct JournalEntryTests {
    @Test("has the sentence, the priority and every field under its name")
    func fields() {
        let entry = JournalEntry(
            line(
                #"{"level":"warning","msg":"slow\ndisk","request_id":"r1","duration_ms":12,"watcher":"forged","é":1}"#),
            watcher: "registry", instance: 3)
        #expect(
            entry.fields.map(text) == [
                "MESSAGE=slow\ndisk", "PRIORITY=4", "SYSLOG_IDENTIFIER=dockmaster-registry",
                "DOCKMASTER_WATCHER=registry", "DOCKMASTER_INSTANCE=3", "DOCKMASTER_REQUEST_ID=r1",
                "DOCKMASTER_DURATION_MS=12", "DOCKMASTER___=1",
            ])
    }

    @Test("keeps every byte of a field, newlines and what is not UTF-8 too")
    func binary() {
        let message: [UInt8] = [0x3C, 0x32, 0x3E, 0xFF, 0x00, 0x0A, 0x80]
        let entry = JournalEntry(LogLine(message[...]), watcher: "a", instance: 1)
        #expect(entry.fields[0] == Array("MESSAGE=".utf8) + message.dropFirst(3))
        #expect(text(entry.fields[1]) == "PRIORITY=2")
    }
}

@Suite("Last words")
struct LastWordsTests {
    private func quote(_ lines: String...) -> String? {
        var words = LastWords()
        for line in lines { Array((line + "\n").utf8).withUnsafeBytes { words.note($0) } }
        return words.quote()
    }

    @Test("are the last line, or the last one that tells of an error")
    func choice() {
        #expect(quote("a", "b", "") == "b")
        #expect(
            quote("x.swift:3: Fatal error: Index out of range", "at 0x1", "at 0x2")
                == "x.swift:3: Fatal error: Index out of range")
        #expect(quote(#"{"level":"critical","msg":"disk full"}"#, #"{"level":"info","msg":"bye"}"#) == "disk full")
        #expect(quote() == nil)
    }

    @Test("are cut short and cannot command a terminal")
    func safe() throws {
        let long = try #require(quote(String(repeating: "y", count: 9000)))
        #expect(long.count < 300)
        #expect(quote("\u{1B}[2Jgone") == " [2Jgone")
    }
}
