/// Request ids: 16 random bytes as 32 hexadecimal digits, made anew for every request.
enum RequestID {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let words = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for (offset, word) in [words.0, words.1].enumerated() {
                for digit in 0..<16 {
                    buffer[offset * 16 + digit] = hex[Int(word >> UInt64(60 - digit * 4) & 15)]
                }
            }
            return 32
        }
    }

    private static let hex = Array("0123456789abcdef".utf8)
}
