import NIOCore

/// Puts a ClientHello together from the records and reads that it comes in. Pure.
///
/// - Size: a message of at most 16 KiB, as BoringSSL takes them. Each record adds to it, so that what is kept is bounded.
struct ClientHelloRecords {
    enum Outcome: Equatable {
        case incomplete
        case hello(ClientHello)
        /// No ClientHello comes of it: the TLS library is to say so.
        case malformed
    }

    private static let messageLimit = 16_384
    private static let recordLimit = 16_384

    /// All bytes that have come, as they came.
    private(set) var received = ByteBuffer()
    private var message: [UInt8] = []
    /// How far `received` has been read.
    private var offset = 0

    mutating func receive(_ bytes: ByteBuffer) -> Outcome {
        received.writeImmutableBuffer(bytes)
        do throws(ByteReader.Malformed) {
            while try takeRecord() {
                if let hello = try hello() { return .hello(hello) }
            }
            return .incomplete
        } catch {
            return .malformed
        }
    }

    /// Moves the content of the next record to the message; false when the record is not there in full.
    private mutating func takeRecord() throws(ByteReader.Malformed) -> Bool {
        let start = received.readerIndex + offset
        // handshake(22), then a version that begins with 3 whatever the client speaks.
        if let kind = received.getInteger(at: start, as: UInt8.self), kind != 22 { throw ByteReader.Malformed() }
        if let major = received.getInteger(at: start + 1, as: UInt8.self), major != 3 { throw ByteReader.Malformed() }
        guard let length = received.getInteger(at: start + 3, as: UInt16.self).map(Int.init) else { return false }
        guard (1...Self.recordLimit).contains(length) else { throw ByteReader.Malformed() }
        guard let content = received.getBytes(at: start + 5, length: length) else { return false }
        message += content
        offset += 5 + length
        return true
    }

    /// The message, once it is there in full.
    private func hello() throws(ByteReader.Malformed) -> ClientHello? {
        guard message.first == 1 else { throw ByteReader.Malformed() }
        guard message.count >= 4 else { return nil }
        let length = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
        guard length <= Self.messageLimit else { throw ByteReader.Malformed() }
        guard message.count >= 4 + length else { return nil }
        return try ClientHello(message[4..<(4 + length)])
    }
}
