/// Tells docker before 1.6, which spoke another protocol below /v2/ and must see 404 to fall back to /v1/.
///
/// - Source: docker's documentation of nginx as a registry's proxy:
///   `^(docker\/1\.(3|4|5(?!\.[0-9]-dev))|Go ).*$`
enum OldDocker {
    static func isUserAgent(_ agent: String) -> Bool {
        let text = agent.utf8
        if text.starts(with: "Go ".utf8) { return true }
        guard text.starts(with: "docker/1.".utf8) else { return false }
        let minor = text.dropFirst(9)
        switch minor.first {
        case UInt8(ascii: "3"), UInt8(ascii: "4"): return true
        case UInt8(ascii: "5"): return !isDevelopment(minor.dropFirst())
        default: return false
        }
    }

    /// `.N-dev`
    private static func isDevelopment(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        guard rest.popFirst() == UInt8(ascii: "."), let digit = rest.popFirst(),
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit)
        else { return false }
        return rest.starts(with: "-dev".utf8)
    }
}
