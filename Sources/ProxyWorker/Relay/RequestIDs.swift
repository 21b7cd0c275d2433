import Glibc

/// Request ids: 16 random bytes as 32 hexadecimal digits, made anew for every request.
///
/// - Cost: the kernel is asked for the random bytes of 16 ids at a time.
struct RequestIDs {
    /// 256 bytes in all: what getentropy(3) gives at a time.
    private static let count = 16
    private static let hex = Array("0123456789abcdef".utf8)

    private var words: [UInt64] = []

    mutating func next() -> String {
        if words.count < 2 { fill() }
        let pair = (words.removeLast(), words.removeLast())
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for digit in 0..<16 {
                buffer[digit] = Self.hex[Int(pair.0 >> UInt64(60 - digit * 4) & 15)]
                buffer[16 + digit] = Self.hex[Int(pair.1 >> UInt64(60 - digit * 4) & 15)]
            }
            return 32
        }
    }

    private mutating func fill() {
        words = [UInt64](repeating: 0, count: Self.count * 2)
        let status = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        guard status != 0 else { return }
        var generator = SystemRandomNumberGenerator()
        words = (0..<Self.count * 2).map { _ in generator.next() }
    }
}
