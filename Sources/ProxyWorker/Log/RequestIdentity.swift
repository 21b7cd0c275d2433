/// Who asked and for what repository, as far as a request itself tells it. For logs only: nothing is verified here.
enum RequestIdentity {
    private static let kinds = ["blobs", "manifests", "tags", "referrers"].map { Array($0.utf8) }

    /// The account of a Basic login, or the subject of a bearer token: true when an upstream that verifies it let the
    /// request through.
    static func user(authorization: String) -> String? {
        guard let space = authorization.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let credentials = authorization[authorization.index(after: space)...]
        switch authorization[..<space].lowercased() {
        case "basic":
            guard let bytes = base64(credentials.utf8) else { return nil }
            return text(bytes.prefix { $0 != UInt8(ascii: ":") })
        case "bearer":
            let parts = credentials.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, let claims = base64(parts[1]) else { return nil }
            return subject(claims)
        default: return nil
        }
    }

    /// `team/app` of `/v2/team/app/blobs/…`; nil for what concerns no repository.
    static func repository(path: String) -> String? {
        guard path.hasBytePrefix("/v2/") else { return nil }
        let parts = path.utf8.dropFirst(4).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let end = parts.lastIndex(where: { part in kinds.contains { $0.elementsEqual(part) } }), end > 0,
            end < parts.count - 1
        else {
            return nil
        }
        return text(Array(parts[..<end].joined(separator: [UInt8(ascii: "/")])))
    }

    /// The value of `"sub"`, which is a plain string in the tokens of docker_auth and ours.
    private static func subject(_ claims: [UInt8]) -> String? {
        let key = Array("\"sub\":\"".utf8)
        guard let range = claims.firstRange(of: key) else { return nil }
        let value = claims[range.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return value.contains(UInt8(ascii: "\\")) ? nil : text(value)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String? {
        guard !bytes.isEmpty, bytes.count <= 255 else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Both alphabets of base64, with or without padding.
    private static func base64(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count <= 8 << 10 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits = 0
        var word: UInt32 = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            word = word << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
        }
        return bytes
    }
}
