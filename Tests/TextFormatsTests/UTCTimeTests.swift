import TextFormats
import Testing

@Suite("A moment in writing")
struct UTCTimeTests {
    @Test(
        "has microseconds in a log line",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000000Z"), (1_795_537_981, 123_456_789, "2026-11-24T16:33:01.123456Z"),
            (951_782_400, 1_000, "2000-02-29T00:00:00.000001Z"),
        ])
    func microseconds(seconds: Int, nanoseconds: Int, text: String) {
        let time = UTCTime(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.rfc3339Microseconds == text)
        #expect(UTCTime(rfc3339: text)?.seconds == seconds)
    }

    @Test("is an IMF-fixdate in a header, and a day where a day is enough")
    func forms() {
        #expect(UTCTime(seconds: 784_111_777).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(UTCTime(seconds: 784_111_777).day == "1994-11-06")
        #expect(UTCTime(seconds: 1_795_537_981).rfc3339 == "2026-11-24T16:33:01Z")
    }

    @Test(
        "is read in every zone",
        arguments: [
            ("2026-11-24T16:33:01Z", 1_795_537_981), ("2026-11-24T17:33:01+01:00", 1_795_537_981),
            ("2026-11-24T16:33:01.123456Z and more", 1_795_537_981), ("1970-01-01 00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
        ])
    func zones(text: String, seconds: Int) {
        #expect(UTCTime(rfc3339: text)?.seconds == seconds)
    }

    @Test("is not read from what is none", arguments: ["", "2026", "2026-13-01T00:00:00Z", "2026-11-24T16:33:01", "x"])
    func refused(text: String) {
        #expect(UTCTime(rfc3339: text) == nil)
    }

    @Test(
        "counts nanoseconds on both sides of the epoch",
        arguments: [0, 1, -1, 1_795_537_981_123_456_789, -1_500_000_000])
    func epoch(nanoseconds: Int64) {
        let time = UTCTime(sinceEpoch: nanoseconds)
        #expect(time.sinceEpoch == nanoseconds)
        #expect((0..<1_000_000_000).contains(time.nanoseconds))
    }
}
