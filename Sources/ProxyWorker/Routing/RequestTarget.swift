/// The path and query of a request, checked and in one canonical form.
///
/// A path that two servers could read differently is refused: dots and empty segments, encoded slashes and backslashes,
/// NUL and other controls, bytes that are not UTF-8 (overlong forms too), and broken escapes.
struct RequestTarget: Equatable, Sendable {
    /// The path with its escapes decoded: what routes and files are found by.
    var path: String
    /// The path as the upstream shall see it: only what must be escaped is.
    var encodedPath: String
    /// What follows the question mark, as the client wrote it; nil without one.
    var query: String?

    /// - Parameter target: origin-form, `/path?query`.
    init(_ target: String) throws(RequestRefusal) {
        let text = target.utf8
        guard text.first == UInt8(ascii: "/") else {
            throw RequestRefusal(400, "The request's path does not begin with /")
        }
        let mark = text.firstIndex(of: UInt8(ascii: "?"))
        let raw = text[..<(mark ?? text.endIndex)]
        query = mark.map { String(target[target.index(after: $0)...]) }
        if !raw.contains(UInt8(ascii: "%")) {
            path = mark.map { String(target[..<$0]) } ?? target
            encodedPath = path
        } else {
            let bytes = try Self.decode(raw)
            guard let decoded = String(validating: bytes, as: UTF8.self) else {
                throw RequestRefusal(400, "The request's path is not UTF-8")
            }
            path = decoded
            encodedPath = Self.encode(bytes)
        }
        try Self.check(path)
    }

    /// The canonical path and query, with `prefix` but for its last slash removed when asked for.
    func forwarded(stripping prefix: String?) -> String {
        var path = encodedPath[...]
        if let prefix {
            let bare = prefix.hasSuffix("/") ? prefix.dropLast() : prefix[...]
            if path.hasPrefix(bare) { path = path.dropFirst(bare.count) }
            if path.isEmpty { path = "/" }
        }
        return query.map { "\(path)?\($0)" } ?? String(path)
    }

    private static func decode(_ raw: Substring.UTF8View) throws(RequestRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var rest = raw[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(FieldSyntax.hexDigit),
                let low = rest.popFirst().flatMap(FieldSyntax.hexDigit)
            else { throw RequestRefusal(400, "The request's path has a broken % escape") }
            let decoded = high << 4 | low
            guard decoded != UInt8(ascii: "/") else {
                throw RequestRefusal(400, "The request's path has an encoded slash")
            }
            bytes.append(decoded)
        }
        return bytes
    }

    private static func check(_ path: String) throws(RequestRefusal) {
        var length = 0
        var dots = 0
        for byte in path.utf8.dropFirst() {
            switch byte {
            case UInt8(ascii: "/"):
                guard length > 0 else { throw RequestRefusal(400, "The request's path has an empty segment") }
                guard dots != length || dots > 2 else {
                    throw RequestRefusal(400, "The request's path has a dot segment")
                }
                length = 0
                dots = 0
            case UInt8(ascii: "\\"):
                throw RequestRefusal(400, "The request's path has a backslash")
            case 0..<0x20, 0x7F:
                throw RequestRefusal(400, "The request's path has a control character")
            default:
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        guard length == 0 || dots != length || dots > 2 else {
            throw RequestRefusal(400, "The request's path has a dot segment")
        }
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            if isPath(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Source: RFC 3986, pchar and the slash.
    private static func isPath(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~!$&'()*+,;=:@/".utf8.contains(byte)
        }
    }

    private static let hex = Array("0123456789ABCDEF".utf8)
}
