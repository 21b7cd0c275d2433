/// One request as an upstream has got it, read without any leniency from the raw bytes.
struct WireRequest: Equatable {
    /// `GET /v2/x HTTP/1.1`
    var line: String
    /// Names in lower case.
    var fields: [(name: String, value: String)]
    var body: [UInt8]
    /// Whether all of it has come.
    var isComplete: Bool

    static func == (lhs: WireRequest, rhs: WireRequest) -> Bool {
        lhs.line == rhs.line && lhs.body == rhs.body && lhs.isComplete == rhs.isComplete
            && lhs.fields.elementsEqual(rhs.fields) { $0 == $1 }
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    struct Ambiguity: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    /// The requests of one connection.
    /// - Throws: for anything that another server could read in another way.
    static func all(in bytes: [UInt8]) throws -> [WireRequest] {
        var requests: [WireRequest] = []
        var rest = bytes[...]
        while !rest.isEmpty { requests.append(try next(&rest)) }
        return requests
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) throws -> WireRequest {
        guard let start = try line(&rest) else { throw Ambiguity("an unfinished request line") }
        let words = start.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1", words[1].hasPrefix("/"),
            words[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !words[0].isEmpty,
            words[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { throw Ambiguity("the request line \(start)") }
        var request = WireRequest(line: start, fields: [], body: [], isComplete: false)
        while true {
            guard let line = try line(&rest) else { throw Ambiguity("an unfinished head") }
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
                throw Ambiguity("field \(line)")
            }
            let name = line[..<colon].lowercased()
            guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }) else {
                throw Ambiguity("the name of \(line)")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            guard value.utf8.allSatisfy({ $0 == 9 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw Ambiguity("the value of \(line.debugDescription)")
            }
            request.fields.append((name, String(value)))
        }
        try request.readBody(&rest)
        return request
    }

    private mutating func readBody(_ rest: inout ArraySlice<UInt8>) throws {
        guard values("host").count == 1 else { throw Ambiguity("\(values("host").count) Host fields") }
        let lengths = values("content-length")
        let codings = values("transfer-encoding")
        switch (lengths.count, codings.count) {
        case (0, 0): isComplete = true
        case (1, 0):
            guard let length = Int(lengths[0]), "\(length)" == lengths[0] else { throw Ambiguity("length \(lengths)") }
            body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            isComplete = body.count == length
        case (0, 1):
            guard codings == ["chunked"] else { throw Ambiguity("coding \(codings)") }
            try readChunks(&rest)
        default: throw Ambiguity("lengths \(lengths) and codings \(codings)")
        }
    }

    private mutating func readChunks(_ rest: inout ArraySlice<UInt8>) throws {
        while !rest.isEmpty {
            guard let size = try Self.line(&rest) else { return }
            guard let count = Int(size, radix: 16), size.utf8.allSatisfy({ $0 > 0x2F && $0 < 0x67 }) else {
                throw Ambiguity("the chunk size \(size)")
            }
            if count == 0 {
                guard try Self.line(&rest) == "" else { throw Ambiguity("trailers") }
                isComplete = true
                return
            }
            body += rest.prefix(count)
            rest = rest.dropFirst(count)
            guard !rest.isEmpty else { return }
            guard try Self.line(&rest) == "" else { throw Ambiguity("a chunk without its end") }
        }
    }

    /// A line without its CRLF; nil when it is not complete.
    private static func line(_ rest: inout ArraySlice<UInt8>) throws -> String? {
        guard let feed = rest.firstIndex(of: 0x0A) else { return nil }
        guard feed > rest.startIndex, rest[feed - 1] == 0x0D else { throw Ambiguity("a bare LF") }
        let line = rest[rest.startIndex..<(feed - 1)]
        guard !line.contains(0x0D), !line.contains(0) else { throw Ambiguity("a bare CR or NUL") }
        rest = rest[(feed + 1)...]
        return String(decoding: line, as: UTF8.self)
    }
}
