internal import CLinux
internal import TextFormats

/// When a line was written, in nanoseconds since the epoch.
enum LogTime {
    /// What a line says of its own time: `"time"` of a JSON line, `time=` as logfmt begins, or the stamp that it begins with;
    /// nil for other text.
    static func of(_ line: UnsafeRawBufferPointer) -> Int64? {
        guard let first = line.first, let base = line.baseAddress else { return nil }
        if first == UInt8(ascii: "{") {
            // Our own lines begin with it; others have it anywhere.
            if starts(line, with: jsonStart) { return parse(line[jsonStart.count...]) }
            let found = jsonKey.withUnsafeBytes { key -> Int in
                guard let text = key.baseAddress else { return -1 }
                return clinux_find(base, line.count, text, key.count)
            }
            return found < 0 ? nil : parse(line[(found + jsonKey.count)...])
        }
        if first == UInt8(ascii: "t"), starts(line, with: logfmt) {
            let value = line[logfmt.count...]
            return parse(value.first == UInt8(ascii: "\"") ? value.dropFirst() : value)
        }
        guard first == UInt8(ascii: "[") || (UInt8(ascii: "1")...UInt8(ascii: "2")).contains(first) else { return nil }
        return UTCTime(beginningOf: line)?.sinceEpoch
    }

    private static func parse(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        UTCTime(rfc3339: UnsafeRawBufferPointer(rebasing: text))?.sinceEpoch
    }

    private static let jsonStart = Array("{\"time\":\"".utf8)
    private static let jsonKey = Array("\"time\":\"".utf8)
    private static let logfmt = Array("time=".utf8)

    private static func starts(_ line: UnsafeRawBufferPointer, with text: [UInt8]) -> Bool {
        line.count > text.count && line[..<text.count].elementsEqual(text)
    }
}
