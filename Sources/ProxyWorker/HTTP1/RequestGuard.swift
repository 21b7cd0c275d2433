import NIOHTTP1

/// What a request's head must be like before anything behind the proxy sees it, for HTTP/1 and HTTP/2 alike.
///
/// Pure. Refuses whatever two servers could frame or read differently.
/// - Source: RFC 9112, sections 3.2 and 6.3; RFC 9113, section 8.2.1.
enum RequestGuard {
    /// Checks the head and tells how its body ends. The target comes out in origin-form.
    static func admit(_ head: inout HTTPRequestHead, bodyLimit: Int = 0) throws(RequestRefusal) -> BodyFraming {
        try checkMethod(head.method)
        var fields = Fields()
        for (name, value) in head.headers { try fields.note(name, value) }
        try checkHost(&head, fields)
        if let expect = fields.expect, !FieldSyntax.isSame(expect, "100-continue") {
            throw RequestRefusal(417, "The Expect field asks for something other than 100-continue")
        }
        let framing = try framing(head, fields)
        if case .fixed(let length) = framing, bodyLimit > 0, length > bodyLimit {
            throw RequestRefusal(413, "The body of \(length) bytes is larger than the limit of \(bodyLimit)")
        }
        return framing
    }

    /// Those that a registry or its neighbours know. CONNECT and TRACE are known and refused.
    private static func checkMethod(_ method: HTTPMethod) throws(RequestRefusal) {
        switch method {
        case .GET, .HEAD, .POST, .PUT, .PATCH, .DELETE, .OPTIONS: return
        case .CONNECT, .TRACE: throw RequestRefusal(405, "The method \(method.rawValue) is not allowed here")
        default:
            guard FieldSyntax.isToken(method.rawValue.utf8) else {
                throw RequestRefusal(400, "The method is malformed")
            }
            throw RequestRefusal(501, "The method is not one that this server knows")
        }
    }

    /// The fields that may stand once only, and what they say.
    private struct Fields {
        var host: String?
        var length: String?
        var coding: String?
        var expect: String?
        private var once: Set<String> = []

        mutating func note(_ name: String, _ value: String) throws(RequestRefusal) {
            guard FieldSyntax.isToken(name.utf8) else { throw RequestRefusal(400, "A header's name is malformed") }
            guard value.utf8.allSatisfy(FieldSyntax.isValue) else {
                throw RequestRefusal(400, "A header's value has a control character")
            }
            switch name.utf8.count {
            case 4 where FieldSyntax.isSame(name, "host"): try Self.set(&host, value, "Host")
            case 14 where FieldSyntax.isSame(name, "content-length"): try Self.set(&length, value, "Content-Length")
            case 17 where FieldSyntax.isSame(name, "transfer-encoding"):
                try Self.set(&coding, value, "Transfer-Encoding")
            case 6 where FieldSyntax.isSame(name, "expect"): try Self.set(&expect, value, "Expect")
            case 13 where FieldSyntax.isSame(name, "authorization"), 13 where FieldSyntax.isSame(name, "content-range"),
                12 where FieldSyntax.isSame(name, "content-type"), 5 where FieldSyntax.isSame(name, "range"):
                guard once.insert(name.lowercased()).inserted else {
                    throw RequestRefusal(400, "The header \(name.lowercased()) stands there twice")
                }
            default: break
            }
        }

        private static func set(_ field: inout String?, _ value: String, _ name: String) throws(RequestRefusal) {
            guard field == nil else { throw RequestRefusal(400, "The header \(name) stands there twice") }
            field = value
        }
    }

    private static func checkHost(_ head: inout HTTPRequestHead, _ fields: Fields) throws(RequestRefusal) {
        if let host = fields.host {
            guard HostName(host) != nil else { throw RequestRefusal(400, "The Host field is malformed") }
        } else if head.version != .http1_0 {
            throw RequestRefusal(400, "The Host field is missing")
        }
        guard head.uri.utf8.count <= 8 << 10 else { throw RequestRefusal(414, "The request's target is too long") }
        guard head.uri.utf8.allSatisfy(FieldSyntax.isTarget) else {
            throw RequestRefusal(400, "The request's target has a character that it must not have")
        }
        if head.uri.utf8.first == UInt8(ascii: "/") { return }
        if head.uri == "*" {
            guard head.method == .OPTIONS else { throw RequestRefusal(400, "The target * goes with OPTIONS only") }
            head.uri = "/"
            return
        }
        try useAbsoluteForm(&head, host: fields.host)
    }

    /// `http://host/path`: allowed when it names the same host as the Host field.
    private static func useAbsoluteForm(_ head: inout HTTPRequestHead, host: String?) throws(RequestRefusal) {
        let lowered = head.uri.prefix(8).lowercased()
        let scheme = lowered == "https://" ? 8 : lowered.hasPrefix("http://") ? 7 : 0
        guard scheme > 0 else { throw RequestRefusal(400, "The request's target is malformed") }
        let rest = head.uri.dropFirst(scheme)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let named = HostName(String(rest[..<end])) else {
            throw RequestRefusal(400, "The request's target names no host")
        }
        if let host, HostName(host) != named {
            throw RequestRefusal(400, "The request's target and its Host field name different hosts")
        }
        let path = rest[end...]
        head.uri = path.first == "/" ? String(path) : "/\(path)"
    }

    private static func framing(_ head: HTTPRequestHead, _ fields: Fields) throws(RequestRefusal) -> BodyFraming {
        var length: Int?
        if let text = fields.length {
            guard let number = FieldSyntax.number(text.utf8) else {
                throw RequestRefusal(400, "The Content-Length is not a number")
            }
            length = number
        }
        if let coding = fields.coding {
            // The HTTP/2 codec writes it for a stream without a length; in HTTP/2 itself the field is refused.
            if head.version.major >= 2 { return .stream }
            guard head.version != .http1_0 else {
                throw RequestRefusal(400, "HTTP/1.0 has no Transfer-Encoding")
            }
            guard length == nil else {
                throw RequestRefusal(400, "Content-Length and Transfer-Encoding stand there together")
            }
            guard FieldSyntax.isSame(coding, "chunked") else {
                throw RequestRefusal(501, "The Transfer-Encoding is not chunked")
            }
            return .chunked
        }
        if let length { return .fixed(length) }
        return head.version.major >= 2 ? .stream : .none
    }
}
