import CCrypt

/// bcrypt, by the C library's crypt_r (libxcrypt).
///
/// - Cost: a hash at cost 10 takes 50 to 100 ms of a core, by design.
/// - Size: bcrypt reads the first 72 bytes of a password; longer ones are refused where they are configured.
enum PasswordHash {
    /// The cost of the hashes made here.
    static let cost = 10
    static let passwordLimit = 72

    /// A new hash of a password, `$2b$10$…`; nil when the C library cannot (it always can for text without NUL).
    static func make(_ password: Secret, cost: Int = PasswordHash.cost) -> String? {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in CChar(truncatingIfNeeded: random.next()) }
        let setting = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)) {
            buffer in
            crypt_gensalt_rn("$2b$", UInt(cost), salt, CInt(salt.count), buffer.baseAddress, CInt(buffer.count))
                .map { String(cString: $0) }
        }
        return setting.flatMap { crypt(password, setting: $0) }
    }

    /// Whether a hash is of that password. Compares in constant time.
    static func verifies(_ hash: String, _ password: Secret) -> Bool {
        guard cost(of: hash) != nil, let computed = crypt(password, setting: hash) else { return false }
        let first = Array(computed.utf8)
        let second = Array(hash.utf8)
        guard first.count == second.count else { return false }
        return zip(first, second).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The cost of a well-formed bcrypt hash (`$2a$`, `$2b$`, `$2y$`, 60 characters); nil for any other text.
    static func cost(of text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(where: text.hasPrefix), bytes[6] == UInt8(ascii: "$")
        else { return nil }
        let digits = bytes[4..<6]
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let cost = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        guard (4...31).contains(cost), bytes[7...].allSatisfy(isAlphabet) else { return nil }
        return cost
    }

    private static func isAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "/"), 48...57, 65...90, 97...122: true
        default: false
        }
    }

    private static func crypt(_ password: Secret, setting: String) -> String? {
        let state = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        let raw = UnsafeMutableRawPointer(state)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<crypt_data>.size)
        defer {
            raw.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<crypt_data>.size)
            state.deallocate()
        }
        return crypt_rn(password.reveal(), setting, raw, CInt(MemoryLayout<crypt_data>.size)).map {
            String(cString: $0)
        }
    }
}
