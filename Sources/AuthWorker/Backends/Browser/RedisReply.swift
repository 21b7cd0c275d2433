internal import NIOCore

/// What Redis answers to a command.
/// - Source: Redis serialization protocol, version 2.
enum RedisReply: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case none
    /// The error's first word, such as `WRONGPASS`: what follows may repeat what was sent.
    case error(String)

    struct Unreadable: Error {}

    private static let lineLimit = 64 << 10
    private static let sizeLimit = 1 << 20

    /// Takes one reply from the buffer; nil when it is not complete yet, and then nothing is taken.
    static func read(_ buffer: inout ByteBuffer) throws -> RedisReply? {
        let start = buffer.readerIndex
        guard let line = try line(&buffer), let kind = line.first else { return nil }
        let rest = String(line.dropFirst())
        switch kind {
        case "+": return .text(rest)
        case "-": return .error(String(rest.prefix { $0 != " " }))
        case ":":
            guard let number = Int(rest) else { throw Unreadable() }
            return .integer(number)
        case "$":
            guard let count = Int(rest), count >= -1, count <= sizeLimit else { throw Unreadable() }
            if count == -1 { return RedisReply.none }
            guard buffer.readableBytes >= count + 2, let text = buffer.readString(length: count) else {
                buffer.moveReaderIndex(to: start)
                return nil
            }
            guard buffer.readString(length: 2) == "\r\n" else { throw Unreadable() }
            return .text(text)
        default: throw Unreadable()
        }
    }

    private static func line(_ buffer: inout ByteBuffer) throws -> String? {
        let bytes = buffer.readableBytesView
        guard let end = bytes.firstIndex(of: 0x0D) else {
            if bytes.count > lineLimit { throw Unreadable() }
            return nil
        }
        guard end + 1 < bytes.endIndex else { return nil }
        guard bytes[end + 1] == 0x0A else { throw Unreadable() }
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        buffer.moveReaderIndex(forwardBy: end - bytes.startIndex + 2)
        // An empty line is no reply.
        if text.isEmpty { throw Unreadable() }
        return text
    }

    /// Appends a command.
    static func write(_ command: [String], to buffer: inout ByteBuffer) {
        buffer.writeString("*\(command.count)\r\n")
        for word in command { buffer.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
    }
}
