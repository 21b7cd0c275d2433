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

    @Test(
        "carries its time in UTC with microseconds",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000Z"), (1_795_537_981, 123_456_789, "2026-11-24T16:33:01.123456Z"),
            (951_782_400, 1_000, "2000-02-29T00:00:00.000001Z"),
        ])
    func timestamps(seconds: Int, nanoseconds: Int, text: String) {
        #expect(Timestamp.text(seconds: seconds, nanoseconds: nanoseconds) == text)
    }
}
