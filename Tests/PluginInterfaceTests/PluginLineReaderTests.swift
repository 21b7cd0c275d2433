import Testing

@testable import PluginInterface

@Suite("A plugin's bytes")
struct PluginLineReaderTests {
    @Test("are the same lines however they are cut")
    func cuts() {
        let text = Array("one\n\ntwo\(String(repeating: "x", count: 20))\nthree\nrest".utf8)
        let whole: [PluginLineReader.Line] = [
            .whole(Array("one".utf8)), .whole([]), .tooLong, .whole(Array("three".utf8)),
        ]
        for size in 1...text.count {
            var reader = PluginLineReader(limit: 10)
            var lines: [PluginLineReader.Line] = []
            var start = 0
            while start < text.count {
                lines += reader.take(text[start..<min(start + size, text.count)])
                start += size
            }
            #expect(lines == whole, "cut every \(size) bytes")
        }
    }

    @Test("of a line without end are not kept")
    func endless() {
        var reader = PluginLineReader(limit: 1000)
        var lines: [PluginLineReader.Line] = []
        for _ in 0..<1000 { lines += reader.take(Array(repeating: 0x61, count: 1024)) }
        #expect(lines == [.tooLong])
        #expect(reader.take(Array("\nok\n".utf8)) == [.whole(Array("ok".utf8))])
    }
}
