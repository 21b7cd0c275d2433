import TextFormats
import Testing

@Suite("A text as JSON has it")
struct JSONStringTests {
    @Test("is escaped where RFC 8259 wants it, and only there")
    func escaping() {
        #expect(
            JSONString.quoted("a \"q\"\n\r\t\\ \u{1}\u{7f} é 😀") == #""a \"q\"\n\r\t\\ \u0001\u007f é 😀""#)
        var bytes: [UInt8] = []
        JSONString.append(["a", "\""], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"["a","\""]"#)
    }
}
