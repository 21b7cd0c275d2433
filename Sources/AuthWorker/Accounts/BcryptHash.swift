internal import CCrypt

/// A bcrypt hash as users' entries hold it, `$2y$10$` + 22 characters of salt + 31 of digest.
struct BcryptHash: Sendable, Equatable {
    /// Above this a single sign-in would hold a core for seconds.
    static let costLimit = 16
    /// What bcrypt reads of a password.
    static let passwordLimit = 72

    /// The logarithm of the number of rounds.
    let cost: Int
    /// What crypt(3) takes to hash alike: `$2b$`, the cost and the salt.
    private let setting: String
    private let digest: [UInt8]

    /// Nil unless the text is a complete $2a, $2b or $2y hash.
    ///
    /// The three differ only in bugs of programs long gone; all are computed as $2b, as Go does.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(String(text.prefix(4))),
            bytes[6] == UInt8(ascii: "$"),
            bytes[4...5].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let cost = Int(text.dropFirst(4).prefix(2)), (4...31).contains(cost), bytes[7...].allSatisfy(Self.isDigit)
        else { return nil }
        self.cost = cost
        setting = "$2b$" + text.dropFirst(4).prefix(25)
        digest = Array(bytes[29...])
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// A hash that no known password has, to spend on strangers the time that users take.
    static func decoy(cost: Int) -> BcryptHash? {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        return BcryptHash("$2b$\(digits)$" + String(repeating: "./", count: 11) + String(repeating: ".", count: 31))
    }

    /// Whether the password has this hash. Takes as long as the cost says: for threads of its own only.
    /// - Parameter scratch: crypt(3)'s 32 KiB, owned by the calling thread and zeroed before its first use.
    func verifies(_ password: [UInt8], scratch: UnsafeMutablePointer<crypt_data>) -> Bool {
        // crypt(3) reads up to a NUL: a password that holds one is another password.
        let hasNUL = password.contains(0)
        var key = password.prefix(Self.passwordLimit).map(CChar.init(bitPattern:))
        key.append(0)
        defer { for index in key.indices { key[index] = 0 } }
        guard let result = crypt_r(key, setting, scratch), result[0] == CChar(bitPattern: UInt8(ascii: "$")) else {
            return false
        }
        let computed = UnsafeBufferPointer(start: result, count: 60)
        var difference: UInt8 = hasNUL ? 1 : 0
        for index in digest.indices { difference |= UInt8(bitPattern: computed[29 + index]) ^ digest[index] }
        return difference == 0
    }
}
