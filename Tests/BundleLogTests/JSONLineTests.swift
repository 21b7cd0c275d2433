import BundleLog
import Testing

@Suite("A log line")
struct JSONLineTests {
    @Test("is one JSON object on one line, whatever the text holds")
    func escaping() {
        var line = JSONLine()
        line.add("msg", "a \"quoted\"\nline\twith \\ and \u{1} and é")
        line.add("n", 42)
        line.add("x", Double.nan)
        line.add("ok", true)
        let text = String(decoding: line.finished(), as: UTF8.self)
        #expect(text == #"{"msg":"a \"quoted\"\nline\twith \\ and \u0001 and é","n":42,"x":null,"ok":true}"# + "\n")
    }
}
