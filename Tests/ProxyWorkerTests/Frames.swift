import NIOCore

/// HTTP/2 frames, byte by byte (RFC 9113, section 4.1).
enum Frames {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// `GET /v2/hang` of a.test, HPACK without a dynamic table.
    static let hangingRequest: [UInt8] =
        [0x82, 0x87, 0x04, 0x08] + Array("/v2/hang".utf8) + [0x01, 0x06] + Array("a.test".utf8)
    /// The same as `POST`.
    static let hangingPost: [UInt8] = [0x83] + hangingRequest.dropFirst()

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        [UInt8(payload.count >> 16 & 255), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), type, flags]
            + word(stream) + payload
    }

    static func headers(_ stream: UInt32, _ block: [UInt8] = hangingRequest, flags: UInt8 = 0x5) -> [UInt8] {
        frame(1, flags: flags, stream: stream, block)
    }

    static func reset(_ stream: UInt32) -> [UInt8] { frame(3, stream: stream, word(8)) }
    static func settings(_ payload: [UInt8] = []) -> [UInt8] { frame(4, payload) }
    static func ping() -> [UInt8] { frame(6, Array(repeating: 7, count: 8)) }
    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> [UInt8] {
        frame(8, stream: stream, word(increment))
    }

    static func word(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }

    /// The first four bytes as a number.
    static func number(_ bytes: [UInt8]) -> UInt32 { bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    /// The frames in the bytes of a server, with their streams, as far as they are complete.
    static func whole(in bytes: [UInt8]) -> [(type: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8])] {
        var rest = bytes[...]
        return all(in: bytes).map { frame in
            let stream = number(Array(rest.dropFirst(5))) & 0x7FFF_FFFF
            rest = rest.dropFirst(9 + frame.payload.count)
            return (frame.type, frame.flags, stream, frame.payload)
        }
    }

    /// The frames in the bytes of a server, as far as they are complete.
    static func all(in bytes: [UInt8]) -> [(type: UInt8, flags: UInt8, payload: [UInt8])] {
        var frames: [(UInt8, UInt8, [UInt8])] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let start = rest.startIndex
            let length = Int(rest[start]) << 16 | Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            guard rest.count >= 9 + length else { break }
            frames.append((rest[start + 3], rest[start + 4], Array(rest[(start + 9)..<(start + 9 + length)])))
            rest = rest[(start + 9 + length)...]
        }
        return frames
    }
}
