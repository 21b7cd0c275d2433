/// One line of the table of raw requests: what a client sends, and what must come of it.
struct RawRow: Sendable {
    enum Outcome: Sendable {
        /// Answered with the status and closed; the upstream hears nothing at all.
        case refused(Int)
        /// Its head was good, its body not: the upstream never sees the end of a request. The status is the client's.
        case cut(Int)
        /// The upstream sees exactly this request line, and this body.
        case seen(String, body: String)
        /// Answered by the proxy itself with the status; the connection goes on.
        case answered(Int)
        /// Never complete: the client gets nothing and the upstream neither.
        case waits
    }

    var name: String
    var bytes: [UInt8]
    var outcome: Outcome
    /// Fields that the upstream must not see, in lower case; with a value, not with that value.
    var without: [String] = []
    /// Fields that it must see, `name: value`.
    var with: [String] = []
    /// Whether the connection ends with the answer.
    var closes = false
    /// The target of a request that is cut, which no other row has.
    private(set) var own = "/v2/x"

    func numbered(_ number: Int) -> RawRow {
        guard case .cut = outcome else { return self }
        var row = self
        row.own = "/v2/cut\(number)"
        row.bytes = bytes.replacing(Array("\(own) ".utf8), with: Array("\(row.own) ".utf8), maxReplacements: 1)
        return row
    }

    static func refused(_ status: Int, _ name: String, _ bytes: String) -> RawRow {
        RawRow(name: name, bytes: Array(bytes.utf8), outcome: .refused(status))
    }

    static func refused(_ status: Int, _ name: String, raw: [UInt8]) -> RawRow {
        RawRow(name: name, bytes: raw, outcome: .refused(status))
    }

    static func cut(_ status: Int, _ name: String, _ bytes: String) -> RawRow {
        RawRow(name: name, bytes: Array(bytes.utf8), outcome: .cut(status))
    }

    static func seen(
        _ name: String, _ bytes: String, _ line: String, body: String = "", without: [String] = [],
        with: [String] = [], closes: Bool = false
    ) -> RawRow {
        RawRow(
            name: name, bytes: Array(bytes.utf8), outcome: .seen(line, body: body), without: without, with: with,
            closes: closes)
    }

    static func answered(_ status: Int, _ name: String, _ bytes: String) -> RawRow {
        RawRow(name: name, bytes: Array(bytes.utf8), outcome: .answered(status))
    }

    static func waits(_ name: String, _ bytes: String) -> RawRow {
        RawRow(name: name, bytes: Array(bytes.utf8), outcome: .waits)
    }
}

/// `GET /v2/x` with further header lines, each with its CRLF.
func get(_ target: String = "/v2/x", _ headers: String = "", host: String = "Host: a.test\r\n") -> String {
    "GET \(target) HTTP/1.1\r\n\(host)\(headers)\r\n"
}

/// `POST /v2/x` with further header lines and a body.
func post(_ headers: String, _ body: String = "", target: String = "/v2/x") -> String {
    "POST \(target) HTTP/1.1\r\nHost: a.test\r\n\(headers)\r\n\(body)"
}

/// A chunked `POST`.
func chunks(_ body: String, _ headers: String = "") -> String {
    post("Transfer-Encoding: chunked\r\n\(headers)", body)
}

/// A request that must never reach the upstream, hidden where a server might take it for one.
let smuggled = "GET /v2/smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n"
