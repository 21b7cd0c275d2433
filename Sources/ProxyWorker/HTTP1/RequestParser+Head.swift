import NIOCore
import NIOHTTP1

// The request line and the header fields.

extension RequestParser {
    private static let headerCountLimit = 100
    private static let targetLimit = 8 << 10

    /// The head, once all of it is there.
    mutating func readHead() throws(RequestRefusal) -> (HTTPRequestHead, BodyFraming)? {
        skipEmptyLine()
        guard let length = try headLength() else {
            guard buffered <= headLimit else { throw overlong() }
            return nil
        }
        guard length <= headLimit else { throw overlong() }
        guard let slice = bytes.readSlice(length: length) else { return nil }
        scanned = 0
        var result: Result<(HTTPRequestHead, BodyFraming), RequestRefusal> = .failure(RequestRefusal(400, "No request"))
        slice.withUnsafeReadableBytes { pointer in
            do throws(RequestRefusal) {
                var head = try Self.parse(pointer)
                let framing = try RequestGuard.admit(&head, bodyLimit: bodyLimit)
                result = .success((head, framing))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// RFC 9112, section 2.2: an empty line before the request line is passed over.
    private mutating func skipEmptyLine() {
        guard !soughtEmptyLine, let first = bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) else { return }
        soughtEmptyLine = true
        guard first == 0x0D0A else { return }
        bytes.moveReaderIndex(forwardBy: 2)
        scanned = 0
    }

    /// The number of bytes up to and with the empty line; nil until it is there.
    private mutating func headLength() throws(RequestRefusal) -> Int? {
        var index = max(0, scanned - 1)
        var bare = false
        var length: Int?
        let limit = min(bytes.readableBytes, headLimit + 4)
        bytes.withUnsafeReadableBytes { pointer in
            while index < limit, let feed = pointer[index..<limit].firstIndex(of: 0x0A) {
                guard feed >= 1, pointer[feed - 1] == 0x0D else {
                    bare = true
                    return
                }
                if feed >= 3, pointer[feed - 2] == 0x0A {
                    length = feed + 1
                    return
                }
                index = feed + 1
            }
        }
        guard !bare else { throw RequestRefusal(400, "A line ends without CR") }
        scanned = limit
        return length
    }

    private func overlong() -> RequestRefusal {
        let line = bytes.readableBytesView.prefix(Self.targetLimit + 64)
        return line.contains(0x0A)
            ? RequestRefusal(431, "The headers are larger than the limit of \(headLimit) bytes")
            : RequestRefusal(414, "The request's target is too long")
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) throws(RequestRefusal) -> HTTPRequestHead {
        var index = 0
        let line = nextLine(bytes, &index)
        let (method, target, version) = try requestLine(line)
        var fields: [(String, String)] = []
        fields.reserveCapacity(16)
        while true {
            let line = nextLine(bytes, &index)
            if line.isEmpty { break }
            guard fields.count < headerCountLimit else { throw RequestRefusal(431, "There are too many headers") }
            fields.append(try field(line))
        }
        return HTTPRequestHead(version: version, method: method, uri: target, headers: HTTPHeaders(fields))
    }

    /// The line at `index`, whose end has been checked to be CRLF.
    private static func nextLine(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Slice<UnsafeRawBufferPointer> {
        let feed = bytes[index...].firstIndex(of: 0x0A) ?? bytes.endIndex
        defer { index = feed + 1 }
        return bytes[index..<max(index, feed - 1)]
    }

    private static func requestLine(
        _ line: Slice<UnsafeRawBufferPointer>
    ) throws(RequestRefusal) -> (HTTPMethod, String, HTTPVersion) {
        guard let first = line.firstIndex(of: UInt8(ascii: " ")), let last = line.lastIndex(of: UInt8(ascii: " ")),
            first < last
        else { throw RequestRefusal(400, "The request line is malformed") }
        let method = line[..<first]
        let target = line[(first + 1)..<last]
        guard method.count <= 32, FieldSyntax.isToken(method) else {
            throw RequestRefusal(400, "The method is malformed")
        }
        guard target.count <= targetLimit else { throw RequestRefusal(414, "The request's target is too long") }
        guard !target.isEmpty, target.allSatisfy(FieldSyntax.isTarget) else {
            throw RequestRefusal(400, "The request's target has a character that it must not have")
        }
        return (
            HTTPMethod(rawValue: String(decoding: method, as: UTF8.self)), String(decoding: target, as: UTF8.self),
            try version(line[(last + 1)...])
        )
    }

    private static func version(_ text: Slice<UnsafeRawBufferPointer>) throws(RequestRefusal) -> HTTPVersion {
        let digits = text.suffix(3)
        guard text.count == 8, text.starts(with: "HTTP/".utf8), let major = digits.first, let minor = digits.last,
            digits[digits.startIndex + 1] == UInt8(ascii: "."), (0x30...0x39).contains(major),
            (0x30...0x39).contains(minor)
        else { throw RequestRefusal(400, "The request line is malformed") }
        switch (major, minor) {
        case (0x31, 0x31): return .http1_1
        case (0x31, 0x30): return .http1_0
        default: throw RequestRefusal(505, "The HTTP version is neither 1.0 nor 1.1")
        }
    }

    /// `name: value`, with the spaces around the value removed.
    static func field(_ line: some RandomAccessCollection<UInt8>) throws(RequestRefusal) -> (String, String) {
        if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
            throw RequestRefusal(400, "A header is folded over two lines")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw RequestRefusal(400, "A header has no colon")
        }
        let name = line[..<colon]
        guard FieldSyntax.isToken(name) else { throw RequestRefusal(400, "A header's name is malformed") }
        var value = line[line.index(after: colon)...]
        while let byte = value.first, byte == 0x20 || byte == 0x09 { value = value.dropFirst() }
        while let byte = value.last, byte == 0x20 || byte == 0x09 { value = value.dropLast() }
        guard value.allSatisfy(FieldSyntax.isValue) else {
            throw RequestRefusal(400, "A header's value has a control character")
        }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw RequestRefusal(400, "A header's value is not UTF-8")
        }
        return (String(decoding: name, as: UTF8.self), text)
    }
}
