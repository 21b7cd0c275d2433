/// How an event stands in a queue's file: four bytes of length, four of a checksum, both little-endian, then the event.
enum QueueRecord {
    static let headerSize = 8
    /// No event is longer: four times the longest manifest.
    static let longest = 16 << 20

    static func encoded(_ event: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerSize + event.count)
        for word in [UInt32(event.count), checksum(event[...])] {
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes + event
    }

    /// The event that begins at an offset.
    /// - Returns: nil when it is not there whole: the tail that a crash has left, or damage.
    static func event(in bytes: [UInt8], at offset: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, bytes.count - offset >= headerSize else { return nil }
        let length = Int(word(bytes, offset))
        guard (1...longest).contains(length), bytes.count - offset - headerSize >= length else { return nil }
        let event = bytes[(offset + headerSize)..<(offset + headerSize + length)]
        return checksum(event) == word(bytes, offset + 4) ? event : nil
    }

    /// Where each whole record ends, in order, up to the first that is not.
    static func ends(in bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var offset = 0
        while let event = event(in: bytes, at: offset) {
            offset += headerSize + event.count
            ends.append(offset)
        }
        return ends
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (UInt32($1) * 8) }
    }

    /// FNV-1a, 32 bits.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
