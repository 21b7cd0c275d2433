// Paths, and what clients say that only the proxy may say.

extension RawRow {
    static let targets: [RawRow] = paths + forms + forged

    private static let paths: [RawRow] = [
        .refused(400, "/..", get("/..")),
        .refused(400, "/../", get("/../v2/x")),
        .refused(400, "dots in the middle", get("/v2/a/../../x")),
        .refused(400, "dots at the end", get("/v2/..")),
        .refused(400, "one dot", get("/v2/./x")),
        .refused(400, "one dot at the end", get("/v2/x/.")),
        .refused(400, "encoded dots", get("/v2/%2e%2e/x")),
        .refused(400, "half encoded dots", get("/v2/.%2E/x")),
        .refused(400, "an encoded slash", get("/v2%2Fx")),
        .refused(400, "an encoded slash after dots", get("/v2/..%2fx")),
        .refused(400, "an encoded backslash", get("/v2/%5c..%5cx")),
        .refused(400, "a backslash", get("/v2\\x")),
        .refused(400, "two slashes", get("/v2//x")),
        .refused(400, "two slashes first", get("//v2/x")),
        .refused(400, "a NUL's code", get("/v2/x%00.txt")),
        .refused(400, "a CR's code", get("/v2/x%0d%0aX:%20y")),
        .refused(400, "a tab's code", get("/v2/%09x")),
        .refused(400, "a DEL's code", get("/v2/%7f")),
        .refused(400, "an overlong slash", get("/v2/%c0%afx")),
        .refused(400, "overlong dots", get("/v2/%c0%ae%c0%ae/x")),
        .refused(400, "an overlong slash of three bytes", get("/v2/%e0%80%af")),
        .refused(400, "a surrogate's code", get("/v2/%ed%a0%80")),
        .refused(400, "a byte that is no UTF-8", get("/v2/%ff")),
        .refused(400, "a cut sequence", get("/v2/%e2%82")),
        .refused(400, "a broken escape", get("/v2/%zz")),
        .refused(400, "half an escape", get("/v2/%2")),
        .refused(400, "a bare percent sign", get("/v2/%")),
        .refused(400, "IIS's escape", get("/v2/%u002e")),
        .refused(
            400, "raw bytes above ASCII",
            raw: Array("GET /v2/".utf8) + [0xC3, 0xA4] + Array(" HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8)),
        .refused(
            400, "raw overlong dots",
            raw: Array("GET /v2/".utf8) + [0xC0, 0xAE] + Array(" HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8)),
        .refused(400, "a raw NUL", get("/v2/x\0")),
        .refused(400, "a fragment", get("/v2/x#y")),
        .refused(400, "a quote", get("/v2/\"x")),
        .refused(400, "an angle bracket", get("/v2/<x>")),
        .seen("an escape that escapes itself", get("/v2/%252e%252e/x"), "GET /v2/%252e%252e/x HTTP/1.1"),
        .seen("needless escapes", get("/v2/%61%7E"), "GET /v2/a~ HTTP/1.1"),
        .seen("escapes in small letters", get("/v2/%c3%a4"), "GET /v2/%C3%A4 HTTP/1.1"),
        .seen("an escaped space", get("/v2/a%20b"), "GET /v2/a%20b HTTP/1.1"),
        .seen("an escaped question mark", get("/v2/a%3fb"), "GET /v2/a%3Fb HTTP/1.1"),
        .seen("a semicolon", get("/v2/a;b=c/x"), "GET /v2/a;b=c/x HTTP/1.1"),
        .seen("three dots", get("/v2/.../x"), "GET /v2/.../x HTTP/1.1"),
        .seen("a slash at the end", get("/v2/x/"), "GET /v2/x/ HTTP/1.1"),
        .seen("dots in the query", get("/v2/x?a=../../b%00"), "GET /v2/x?a=../../b%00 HTTP/1.1"),
        .answered(404, "a path that begins like a route's", get("/v2x")),
        .answered(404, "a route's path in other letters", get("/V2/x")),
    ]

    private static let forms: [RawRow] = [
        .seen("absolute form", get("http://a.test/v2/x"), "GET /v2/x HTTP/1.1", with: ["host: a.test"]),
        .seen("absolute form in capitals", get("HTTP://A.TEST/v2/x"), "GET /v2/x HTTP/1.1"),
        .refused(400, "absolute form of another host", get("http://b.test/v2/x")),
        .refused(400, "absolute form of another port", get("http://a.test:81/v2/x")),
        .refused(400, "absolute form with a user", get("http://u@a.test/v2/x")),
        .refused(400, "absolute form without a host", get("http:///v2/x")),
        .refused(400, "absolute form with dots", get("http://a.test/v2/../x")),
        .refused(400, "another scheme", get("ftp://a.test/v2/x")),
        .refused(400, "a file's scheme", get("file:///etc/passwd")),
        .refused(400, "an authority", get("a.test:443")),
        .refused(400, "no slash", get("v2/x")),
        .refused(400, "an asterisk with GET", get("*")),
        .refused(400, "an asterisk with a tail", "OPTIONS *x HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        .answered(405, "an asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    ]

    private static let forged: [RawRow] = [
        seen(
            "X-Forwarded-For", get("/v2/x", "X-Forwarded-For: 6.6.6.6\r\n"), "GET /v2/x HTTP/1.1",
            with: ["x-forwarded-for: 127.0.0.1", "x-real-ip: 127.0.0.1", "x-forwarded-proto: http"]),
        forgery("X-Forwarded-Proto"), forgery("X-Forwarded-Host"), forgery("X-Forwarded-Port"),
        forgery("X-Forwarded-Server"), forgery("X-Forwarded-Client-Cert"), forgery("x-real-ip"),
        forgery("X-Request-ID"),
        forgery("Forwarded"), forgery("X-Accel-Redirect"), forgery("X-Accel-Buffering"), forgery("X-Sendfile"),
        forgery("X_Forwarded_For"), forgery("X_Real-IP"), forgery("X-Dockmaster-User"), forgery("x_dockmaster_user"),
        forgery("Remote-User"), forgery("X-Remote-User"), forgery("X-Client-Identity"), forgery("X-SSL-Client-Verify"),
        forgery("X-Original-URL"), forgery("X-Rewrite-URL"), forgery("X-HTTP-Method-Override"), forgery("Proxy"),
        forgery("Proxy-Authorization"), forgery("Proxy-Connection"), forgery("Keep-Alive"),
        .seen(
            "a field that Connection names", get("/v2/x", "Connection: close, X-Secret\r\nX-Secret: 1\r\n"),
            "GET /v2/x HTTP/1.1", without: ["connection", "x-secret"], closes: true),
        .seen(
            "Connection names what the proxy adds", get("/v2/x", "Connection: X-Real-IP, X-Forwarded-For\r\n"),
            "GET /v2/x HTTP/1.1", without: ["connection"],
            with: ["x-real-ip: 127.0.0.1", "x-forwarded-for: 127.0.0.1"]),
        .seen(
            "Connection names the Host", get("/v2/x", "Connection: Host\r\n"), "GET /v2/x HTTP/1.1",
            without: ["connection"], with: ["host: a.test"]),
        .seen(
            "Connection names the length", post("Connection: Content-Length\r\nContent-Length: 3\r\n", "abc"),
            "POST /v2/x HTTP/1.1", body: "abc", without: ["connection"]),
        .seen(
            "Connection names the Authorization",
            get("/v2/x", "Connection: Authorization\r\nAuthorization: Basic YQ==\r\n"), "GET /v2/x HTTP/1.1",
            without: ["connection"]),
    ]

    /// A field that must not come from a client: whatever the upstream sees of that name is not what the client wrote.
    private static func forgery(_ name: String) -> RawRow {
        .seen(
            name, get("/v2/x", "\(name): forged\r\n"), "GET /v2/x HTTP/1.1", without: ["\(name.lowercased()): forged"])
    }
}
