import Testing

@testable import RegistryWorker

@Suite("Ranges")
struct RangeTests {
    @Test(
        "of downloads follow RFC 9110",
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-0", .part(0...0)), ("bytes=5-", .part(5...9)), ("bytes=-3", .part(7...9)),
            ("bytes=-30", .part(0...9)), ("bytes=3-100", .part(3...9)), ("bytes=10-", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=5-3", .whole),
            ("bytes=a-b", .whole), ("items=0-1", .whole), ("bytes=0-1,3-4", .whole), ("bytes=", .whole),
            ("bytes=-", .whole),
        ] as [(String?, ByteRange)])
    func downloads(header: String?, range: ByteRange) {
        #expect(ByteRange(header, size: 10) == range)
    }

    @Test("of an empty blob cannot be satisfied")
    func empty() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange(nil, size: 0) == .whole)
    }

    @Test("of chunks are strict")
    func chunks() {
        #expect(ChunkRange("0-1023")?.count == 1_024)
        #expect(ChunkRange("bytes 5-9/*")?.start == 5)
        for text in ["", "5", "5-", "-5", "9-5", "a-b", "0-99999999999999999999", "0-9223372036854775807"] {
            #expect(ChunkRange(text) == nil)
        }
    }

    @Test("of time and size are worded for people")
    func wording() {
        #expect(Wording.size(84 << 20) == "84 MiB")
        #expect(Wording.size(1_536) == "1.5 KiB")
        #expect(Wording.size(1) == "1 byte")
        #expect(Wording.time(.milliseconds(2_140)) == "2.1 s")
        #expect(Wording.time(.seconds(200)) == "3 min 20 s")
        #expect(Wording.count(1, "layer") == "1 layer")
    }
}
