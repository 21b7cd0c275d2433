import NIOCore
import NIOHTTP1
import Testing

@testable import ProxyWorker

@Suite("A request on the wire")
struct RequestGuardTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: String
        /// Nil when it is accepted.
        var status: Int?
        var testDescription: String { name }
    }

    private static func get(_ headers: String = "", host: String = "Host: a\r\n") -> String {
        "GET /v2/ HTTP/1.1\r\n\(host)\(headers)\r\n"
    }

    private static func post(_ headers: String, _ body: String = "") -> String {
        "POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\(body)"
    }

    static let cases: [Case] = [
        Case(name: "plain", bytes: get()),
        Case(name: "empty line first", bytes: "\r\n" + get()),
        Case(name: "two empty lines first", bytes: "\r\n\r\n" + get(), status: 400),
        Case(name: "length", bytes: post("Content-Length: 3\r\n", "abc")),
        Case(name: "chunks", bytes: post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")),
        Case(name: "chunk extension", bytes: post("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n")),
        Case(name: "trailers", bytes: post("Transfer-Encoding: chunked\r\n", "0\r\nX-Sum: 1\r\n\r\n")),
        Case(
            name: "length and coding", bytes: post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), status: 400),
        Case(
            name: "coding and length", bytes: post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), status: 400),
        Case(name: "two lengths", bytes: post("Content-Length: 3\r\nContent-Length: 4\r\n"), status: 400),
        Case(name: "two equal lengths", bytes: post("Content-Length: 3\r\nContent-Length: 3\r\n"), status: 400),
        Case(name: "a list of lengths", bytes: post("Content-Length: 3, 3\r\n"), status: 400),
        Case(name: "a signed length", bytes: post("Content-Length: +3\r\n"), status: 400),
        Case(name: "a negative length", bytes: post("Content-Length: -3\r\n"), status: 400),
        Case(name: "a hexadecimal length", bytes: post("Content-Length: 0x3\r\n"), status: 400),
        Case(name: "an empty length", bytes: post("Content-Length:\r\n"), status: 400),
        Case(name: "an endless length", bytes: post("Content-Length: 9999999999999999999\r\n"), status: 400),
        Case(name: "a length over the limit", bytes: post("Content-Length: 1000001\r\n"), status: 413),
        Case(name: "chunks over the limit", bytes: post("Transfer-Encoding: chunked\r\n", "F4241\r\n"), status: 413),
        Case(
            name: "two codings", bytes: post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            status: 400),
        Case(name: "gzip, chunked", bytes: post("Transfer-Encoding: gzip, chunked\r\n"), status: 501),
        Case(name: "identity", bytes: post("Transfer-Encoding: identity\r\n"), status: 501),
        Case(name: "chunked with a tail", bytes: post("Transfer-Encoding: chunked;q=1\r\n"), status: 501),
        Case(name: "vertical tab before chunked", bytes: post("Transfer-Encoding: \u{0B}chunked\r\n"), status: 400),
        Case(name: "space before colon", bytes: post("Transfer-Encoding : chunked\r\n"), status: 400),
        Case(
            name: "coding in HTTP/1.0", bytes: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            status: 400),
        Case(name: "bare LF in the request line", bytes: "GET / HTTP/1.1\nHost: a\r\n\r\n", status: 400),
        Case(name: "bare LF after a header", bytes: "GET / HTTP/1.1\r\nHost: a\n\r\n", status: 400),
        Case(name: "bare LF as the empty line", bytes: "GET / HTTP/1.1\r\nHost: a\r\n\n", status: 400),
        Case(name: "bare CR in a value", bytes: get("X: a\rb\r\n"), status: 400),
        Case(name: "NUL in a value", bytes: get("X: a\0b\r\n"), status: 400),
        Case(name: "NUL in a name", bytes: get("X\0: a\r\n"), status: 400),
        Case(name: "DEL in a value", bytes: get("X: \u{7F}\r\n"), status: 400),
        Case(name: "a tab in a value", bytes: get("X: a\tb\r\n")),
        Case(name: "UTF-8 in a value", bytes: get("X: ä\r\n")),
        Case(name: "folded header", bytes: get("X: a\r\n b\r\n"), status: 400),
        Case(name: "folded by a tab", bytes: get("X: a\r\n\tb\r\n"), status: 400),
        Case(name: "first header folded", bytes: "GET / HTTP/1.1\r\n Host: a\r\n\r\n", status: 400),
        Case(name: "no colon", bytes: get("X\r\n"), status: 400),
        Case(name: "empty name", bytes: get(": a\r\n"), status: 400),
        Case(name: "name with a space", bytes: get("X Y: a\r\n"), status: 400),
        Case(name: "name with a parenthesis", bytes: get("X(: a\r\n"), status: 400),
        Case(name: "no Host", bytes: get(host: ""), status: 400),
        Case(name: "empty Host", bytes: get(host: "Host:\r\n"), status: 400),
        Case(name: "two Hosts", bytes: get(host: "Host: a\r\nHost: b\r\n"), status: 400),
        Case(name: "two equal Hosts", bytes: get(host: "Host: a\r\nhost: a\r\n"), status: 400),
        Case(name: "Host with a path", bytes: get(host: "Host: a/b\r\n"), status: 400),
        Case(name: "Host with a user", bytes: get(host: "Host: u@a\r\n"), status: 400),
        Case(name: "Host with a bad port", bytes: get(host: "Host: a:99999\r\n"), status: 400),
        Case(name: "Host as an IPv6 address", bytes: get(host: "Host: [::1]:8443\r\n")),
        Case(name: "no Host in HTTP/1.0", bytes: "GET / HTTP/1.0\r\n\r\n"),
        Case(
            name: "two Authorizations", bytes: get("Authorization: Basic a\r\nauthorization: Basic b\r\n"), status: 400),
        Case(name: "two Accepts", bytes: get("Accept: a\r\nAccept: b\r\n")),
        Case(name: "HTTP/0.9", bytes: "GET /\r\n\r\n", status: 400),
        Case(name: "HTTP/1.2", bytes: "GET / HTTP/1.2\r\nHost: a\r\n\r\n", status: 505),
        Case(name: "HTTP/2.0", bytes: "PRI * HTTP/2.0\r\n\r\n", status: 505),
        Case(name: "HTTP/1.10", bytes: "GET / HTTP/1.10\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "lower-case protocol", bytes: "GET / http/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "two spaces", bytes: "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "a space in the target", bytes: "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "a tab in the target", bytes: "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "a fragment", bytes: "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "bytes above ASCII in the target", bytes: "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "space before the method", bytes: " GET / HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "an unknown method", bytes: "FROB / HTTP/1.1\r\nHost: a\r\n\r\n", status: 501),
        Case(name: "a lower-case method", bytes: "get / HTTP/1.1\r\nHost: a\r\n\r\n", status: 501),
        Case(name: "a malformed method", bytes: "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "TRACE", bytes: "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", status: 405),
        Case(name: "CONNECT", bytes: "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", status: 405),
        Case(name: "absolute form", bytes: "GET http://a/v2/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case(name: "absolute form of another host", bytes: "GET http://b/v2/ HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "absolute form of another port", bytes: "GET http://a:1/ HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "another scheme", bytes: "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "no slash", bytes: "GET v2/ HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "star with GET", bytes: "GET * HTTP/1.1\r\nHost: a\r\n\r\n", status: 400),
        Case(name: "star with OPTIONS", bytes: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case(name: "another expectation", bytes: post("Content-Length: 0\r\nExpect: 200-ok\r\n"), status: 417),
        Case(
            name: "a long target", bytes: "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            status: 414),
        Case(name: "an endless target", bytes: "GET /\(String(repeating: "a", count: 40_000))", status: 414),
        Case(name: "a large header", bytes: get("X: \(String(repeating: "a", count: 33_000))\r\n"), status: 431),
        Case(
            name: "endless headers", bytes: "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))",
            status: 431),
        Case(name: "many headers", bytes: get(String(repeating: "X: a\r\n", count: 101)), status: 431),
        Case(name: "a chunk's size is empty", bytes: post("Transfer-Encoding: chunked\r\n", "\r\nabc"), status: 400),
        Case(
            name: "a chunk's size has a space", bytes: post("Transfer-Encoding: chunked\r\n", "3 \r\nabc"), status: 400),
        Case(
            name: "a chunk's size has a sign", bytes: post("Transfer-Encoding: chunked\r\n", "+3\r\nabc"), status: 400),
        Case(name: "a chunk's size has 0x", bytes: post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc"), status: 400),
        Case(
            name: "a chunk's size overflows", bytes: post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n"),
            status: 400),
        Case(
            name: "a chunk's size ends in LF", bytes: post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"),
            status: 400),
        Case(
            name: "a chunk is too long", bytes: post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
            status: 400),
        Case(
            name: "a chunk ends in LF", bytes: post("Transfer-Encoding: chunked\r\n", "3\r\nabc\n0\r\n\r\n"),
            status: 400),
        Case(
            name: "a chunk's extension is endless",
            bytes: post("Transfer-Encoding: chunked\r\n", "3;\(String(repeating: "a", count: 300))"), status: 400),
        Case(
            name: "a trailer without a colon", bytes: post("Transfer-Encoding: chunked\r\n", "0\r\nX\r\n\r\n"),
            status: 400),
        Case(
            name: "trailers are too large",
            bytes: post("Transfer-Encoding: chunked\r\n", "0\r\nX: \(String(repeating: "a", count: 5_000))"),
            status: 431),
    ]

    @Test("is accepted whole or refused with the right status", arguments: cases)
    func answers(_ example: Case) {
        #expect(Self.status(example.bytes) == example.status)
    }

    @Test("is read alike byte by byte", arguments: cases)
    func answersByteByByte(_ example: Case) {
        var parser = RequestParser(headLimit: 32 << 10, bodyLimit: 1_000_000)
        var status: Int?
        do throws(RequestRefusal) {
            for byte in example.bytes.utf8 {
                parser.append(ByteBuffer(bytes: [byte]))
                while let event = try parser.next() { if case .end = event { break } }
            }
        } catch {
            status = error.status
        }
        #expect(status == example.status)
    }

    @Test("that follows another one waits for its turn")
    func pipelining() throws {
        var parser = RequestParser(headLimit: 4_096)
        parser.append(ByteBuffer(string: Self.get() + Self.post("Content-Length: 3\r\n", "abc")))
        guard case .head(let first, .none) = try parser.next() else { Issue.record("no head"); return }
        #expect(first.uri == "/v2/")
        #expect(try parser.next() == .end)
        #expect(try parser.next() == nil)
        parser.beginNext()
        guard case .head(let second, .fixed(3)) = try parser.next() else { Issue.record("no second head"); return }
        #expect(second.method == .POST)
        #expect(try parser.next() == .body(ByteBuffer(string: "abc")))
        #expect(try parser.next() == .end)
        parser.beginNext()
        #expect(try parser.next() == nil)
        #expect(parser.isIdle)
    }

    @Test("in absolute form comes out in origin form")
    func absoluteForm() throws {
        var parser = RequestParser(headLimit: 4_096)
        parser.append(ByteBuffer(string: "GET HTTPS://A:8443?x=1 HTTP/1.1\r\nHost: a:8443\r\n\r\n"))
        guard case .head(let head, _) = try parser.next() else { Issue.record("no head"); return }
        #expect(head.uri == "/?x=1")
    }

    @Test("over HTTP/2 cannot carry a line break into HTTP/1")
    func http2Injection() {
        for value in ["a\r\nX: b", "a\nb", "a\0"] {
            var head = HTTPRequestHead(
                version: .init(major: 2, minor: 0), method: .GET, uri: "/", headers: ["host": "a", "x": value])
            #expect(throws: RequestRefusal.self) { try RequestGuard.admit(&head) }
        }
        var head = HTTPRequestHead(
            version: .init(major: 2, minor: 0), method: .GET, uri: "/ HTTP/1.1\r\nX: y", headers: ["host": "a"])
        #expect(throws: RequestRefusal.self) { try RequestGuard.admit(&head) }
    }

    private static func status(_ bytes: String) -> Int? {
        var parser = RequestParser(headLimit: 32 << 10, bodyLimit: 1_000_000)
        parser.append(ByteBuffer(string: bytes))
        do throws(RequestRefusal) {
            while let event = try parser.next() { if case .end = event { return nil } }
            return nil
        } catch {
            return error.status
        }
    }
}
