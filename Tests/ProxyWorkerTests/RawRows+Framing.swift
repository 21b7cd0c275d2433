// How long a request is: lengths, codings, chunks, and what hides behind them.

extension RawRow {
    static let framing: [RawRow] = lengths + codings + chunkSizes + ends

    private static let lengths: [RawRow] = [
        .seen("a length", post("Content-Length: 3\r\n", "abc"), "POST /v2/x HTTP/1.1", body: "abc"),
        .seen("no length", post(""), "POST /v2/x HTTP/1.1", with: ["content-length: 0"]),
        .seen("a length of 0", post("Content-Length: 0\r\n"), "POST /v2/x HTTP/1.1", with: ["content-length: 0"]),
        .seen(
            "a length with zeros before", post("Content-Length: 003\r\n", "abc"), "POST /v2/x HTTP/1.1", body: "abc",
            with: ["content-length: 3"]),
        .seen("a GET with a body", get("/v2/x", "Content-Length: 3\r\n") + "abc", "GET /v2/x HTTP/1.1", body: "abc"),
        .seen(
            "a body that looks like a request", post("Content-Length: \(smuggled.utf8.count)\r\n", smuggled),
            "POST /v2/x HTTP/1.1", body: smuggled),
        .refused(400, "two lengths", post("Content-Length: 0\r\nContent-Length: \(smuggled.utf8.count)\r\n", smuggled)),
        .refused(400, "two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")),
        .refused(400, "a list of lengths", post("Content-Length: 3, 3\r\n", "abc")),
        .refused(400, "a list of different lengths", post("Content-Length: 0, 3\r\n", "abc")),
        .refused(400, "+3", post("Content-Length: +3\r\n", "abc")),
        .refused(400, "-3", post("Content-Length: -3\r\n", "abc")),
        .refused(400, "-0", post("Content-Length: -0\r\n")),
        .refused(400, "0x3", post("Content-Length: 0x3\r\n", "abc")),
        .refused(400, "3.0", post("Content-Length: 3.0\r\n", "abc")),
        .refused(400, "3e0", post("Content-Length: 3e0\r\n", "abc")),
        .refused(400, "1_0", post("Content-Length: 1_0\r\n", "0123456789")),
        .refused(400, "a space within the number", post("Content-Length: 1 0\r\n", "0123456789")),
        .refused(400, "an empty length", post("Content-Length:\r\n")),
        .refused(400, "a length in quotes", post("Content-Length: \"3\"\r\n", "abc")),
        .refused(400, "a length beyond 64 bits", post("Content-Length: 18446744073709551619\r\n", "abc")),
        .refused(
            400, "a length of a thousand digits",
            post("Content-Length: \(String(repeating: "9", count: 1_000))\r\n", "abc")),
        .refused(400, "Arabic digits", post("Content-Length: ٣\r\n", "abc")),
        .refused(413, "a length above the limit", post("Content-Length: 1048577\r\n")),
        .seen(
            "an underscore for the hyphen of a length", post("Content_Length: 30\r\nContent-Length: 3\r\n", "abc"),
            "POST /v2/x HTTP/1.1", body: "abc", without: ["content_length"]),
        .refused(400, "a space before the colon of a length", post("Content-Length : 3\r\n", "abc")),
        .refused(400, "a tab before the colon of a length", post("Content-Length\t: 3\r\n", "abc")),
        .refused(400, "a NUL in a length", post("Content-Length: 3\0\r\n", "abc")),
        .refused(400, "a vertical tab before a length", post("Content-Length: \u{0B}3\r\n", "abc")),
    ]

    private static let codings: [RawRow] = [
        .seen("chunks", chunks("3\r\nabc\r\n0\r\n\r\n"), "POST /v2/x HTTP/1.1", body: "abc"),
        .seen(
            "Chunked", post("Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), "POST /v2/x HTTP/1.1",
            body: "abc", with: ["transfer-encoding: chunked"]),
        .seen(
            "spaces around chunked", post("Transfer-Encoding: \t chunked \t\r\n", "0\r\n\r\n"),
            "POST /v2/x HTTP/1.1", with: ["transfer-encoding: chunked"]),
        .seen(
            "a GET in chunks", get("/v2/x", "Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\n\r\n",
            "GET /v2/x HTTP/1.1", body: "a"),
        .refused(400, "CL.TE", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled)),
        .refused(400, "TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n" + smuggled)),
        .refused(400, "TE.TE", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n", "0\r\n\r\n")),
        .refused(400, "TE.TE in the other order", post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n")),
        .refused(400, "two equal codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
        .refused(501, "chunked twice in one field", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")),
        .refused(501, "chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")),
        .refused(501, "identity, chunked", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n")),
        .refused(501, "gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        .refused(501, "identity", post("Transfer-Encoding: identity\r\nX: y\r\n", smuggled)),
        .refused(501, "an empty coding", post("Transfer-Encoding:\r\n", "0\r\n\r\n")),
        .refused(501, "a comma before chunked", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")),
        .refused(501, "a comma after chunked", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n")),
        .refused(501, "chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")),
        .refused(501, "xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        .refused(501, "chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")),
        .refused(501, "chunKed with a Kelvin sign", post("Transfer-Encoding: chun\u{212A}ed\r\n", "0\r\n\r\n")),
        .refused(400, "a vertical tab before chunked", post("Transfer-Encoding: \u{0B}chunked\r\n", "0\r\n\r\n")),
        .refused(400, "a NUL after chunked", post("Transfer-Encoding: chunked\0\r\n", "0\r\n\r\n")),
        .refused(400, "a bare CR after chunked", post("Transfer-Encoding: chunked\r \r\n", "0\r\n\r\n")),
        .refused(400, "a space before the coding's colon", post("Transfer-Encoding : chunked\r\n", smuggled)),
        .refused(400, "a folded coding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")),
        .refused(400, "a coding in a folded line", post("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .refused(400, "a coding behind a bare LF", post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .refused(400, "a coding behind a bare CR", post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .refused(400, "a coding with a space in its name", post("Transfer Encoding: chunked\r\n", "0\r\n\r\n")),
        .seen(
            "an underscore in the coding's name", post("Transfer_Encoding: chunked\r\n"), "POST /v2/x HTTP/1.1",
            without: ["transfer_encoding"], with: ["content-length: 0"]),
        .refused(
            400, "a coding in HTTP/1.0",
            "POST /v2/x HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .seen(
            "TE is not a coding", post("TE: chunked\r\nContent-Length: 1\r\n", "a"), "POST /v2/x HTTP/1.1",
            body: "a", without: ["te"]),
    ]

    private static let chunkSizes: [RawRow] = [
        .seen("an extension", chunks("3;a=b\r\nabc\r\n0;c\r\n\r\n"), "POST /v2/x HTTP/1.1", body: "abc"),
        .seen("an extension in quotes", chunks("1;a=\"b;c\"\r\nx\r\n0\r\n\r\n"), "POST /v2/x HTTP/1.1", body: "x"),
        .seen("zeros before a size", chunks("0003\r\nabc\r\n00\r\n\r\n"), "POST /v2/x HTTP/1.1", body: "abc"),
        .seen(
            "hexadecimal sizes", chunks("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"), "POST /v2/x HTTP/1.1",
            body: "01234567890123456789a"),
        .seen(
            "trailers", chunks("0\r\nX-Sum: 1\r\nContent-Length: 5\r\n\r\n"), "POST /v2/x HTTP/1.1",
            without: ["x-sum", "content-length"]),
        .cut(400, "an empty size", chunks("\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size with a space", chunks("3 \r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size after a space", chunks(" 3\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size with a sign", chunks("+3\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a negative size", chunks("-3\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size with 0x", chunks("0x3\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size with a g", chunks("3g\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size of 16 digits", chunks("0000000000000003\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size that overflows", chunks("FFFFFFFFFFFFFFFFF\r\nabc\r\n")),
        .cut(400, "a size that wraps to a small one", chunks("10000000000000003\r\nabc\r\n0\r\n\r\n")),
        .cut(413, "a size above the limit", chunks("100001\r\nabc")),
        .cut(413, "sizes above the limit together", chunks("1\r\na\r\n100000\r\n")),
        .cut(400, "a size with a bare LF", chunks("3\nabc\r\n0\r\n\r\n")),
        .cut(400, "a size with a bare CR", chunks("3\rabc\r\n0\r\n\r\n")),
        .cut(400, "an extension with a bare CR", chunks("3;a\rb\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "an extension with a bare LF", chunks("3;a\nabc\r\n0\r\n\r\n")),
        .cut(400, "an extension with a NUL", chunks("3;\0\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "an extension without its semicolon", chunks("3 a=b\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "an endless extension", chunks("3;" + String(repeating: "a", count: 300))),
        .cut(400, "a chunk that is longer than its size", chunks("3\r\nabcd\r\n0\r\n\r\n")),
        .cut(400, "a chunk that is shorter than its size", chunks("5\r\nabc\r\n0\r\n\r\n")),
        .cut(400, "a chunk that ends in LF", chunks("3\r\nabc\n0\r\n\r\n")),
        .cut(400, "a chunk that ends in CR", chunks("3\r\nabc\r0\r\n\r\n")),
        .cut(400, "a chunk without an end", chunks("3\r\nabc0\r\n\r\n")),
    ]

    private static let ends: [RawRow] = [
        .cut(400, "a trailer without a colon", chunks("0\r\nX\r\n\r\n")),
        .cut(400, "a trailer with a space before its colon", chunks("0\r\nX : y\r\n\r\n")),
        .cut(400, "a folded trailer", chunks("0\r\nX: y\r\n z\r\n\r\n")),
        .cut(400, "a trailer that ends in LF", chunks("0\r\nX: y\n\r\n")),
        .cut(400, "a trailer with a NUL", chunks("0\r\nX: \0\r\n\r\n")),
        .cut(400, "trailers that end in a bare LF", chunks("0\r\n\n")),
        .cut(400, "a request in place of trailers", chunks("0\r\n" + smuggled)),
        .cut(431, "a long trailer", chunks("0\r\nX: \(String(repeating: "a", count: 5_000))\r\n\r\n")),
        .cut(
            431, "many trailers",
            chunks(
                "0\r\n"
                    + String(
                        repeating: "X: \(String(repeating: "a", count: 90))\r\n",
                        count: 60) + "\r\n")),
        .waits("a head without its empty line", "GET /v2/x HTTP/1.1\r\nHost: a.test\r\n"),
        .waits("half a request line", "GET /v2/x HT"),
    ]
}
