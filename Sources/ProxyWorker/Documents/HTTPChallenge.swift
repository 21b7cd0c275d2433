import Glibc

/// What an ACME authority asks over HTTP: files that the ACME worker lays down, each named for its token.
/// - Source: RFC 8555, 8.3.
enum HTTPChallenge {
    private static let prefix = "/.well-known/acme-challenge/"
    /// A token and a thumbprint have some hundred bytes.
    private static let longest = 1_024

    /// The token of a path; nil for every other path, and for what is not base64url.
    static func token(of path: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        let token = path.dropFirst(prefix.count)
        let isSound = token.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isSound && (1...256).contains(token.utf8.count) ? String(token) : nil
    }

    /// The key authorization of a token; nil when nobody waits for it. Blocks: not for an event loop.
    /// - Parameter folder: of all challenges.
    static func authorization(of token: String, in folder: String) -> String? {
        let file = open("\(folder)/http-01/\(token)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = read(file, &bytes, longest)
        guard count > 0 else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }
}
