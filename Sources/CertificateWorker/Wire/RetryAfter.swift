import TextFormats

/// Retry-After of an answer.
/// - Source: RFC 9110, 10.2.3: seconds, or a date.
enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// Nobody is waited for longer than a day.
    private static let longest = 86_400

    /// - Parameter now: seconds since 1970.
    /// - Returns: seconds, or nil for what is neither.
    static func seconds(_ field: String?, now: Int) -> Int? {
        guard let field else { return nil }
        if let seconds = Int(field) { return min(max(0, seconds), longest) }
        guard let date = date(field) else { return nil }
        return min(max(0, date - now), longest)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still written.
    private static func date(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let (two, number) = (month + 1 < 10 ? "0" : "", month + 1)
        return UTCTime(rfc3339: "\(words[3])-\(two)\(number)-\(words[1])T\(words[4])Z")?.seconds
    }
}
