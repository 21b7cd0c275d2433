import CCrypt

/// A bcrypt hash as users' entries and htpasswd files hold it, `$2y$10$` + 22 characters of salt + 31 of digest; made and
/// compared by the C library's crypt(3) (libxcrypt).
///
/// - Cost: at cost 10 a comparison takes 50 to 100 ms of a core, by design: for threads of its own only.
/// - Size: bcrypt reads the first 72 bytes of a password; longer ones are refused where they are configured.
package struct BcryptHash: Sendable, Equatable {
    /// The cost of the hashes that are made here.
    package static let standardCost = 10
    /// Above this a single sign-in would hold a core for seconds.
    package static let costLimit = 16
    /// What bcrypt reads of a password.
    package static let passwordLimit = 72

    /// The logarithm of the number of rounds.
    package let cost: Int
    /// What crypt(3) takes to hash alike: `$2b$`, the cost and the salt.
    private let setting: String
    private let digest: [UInt8]

    /// What tells this hash from every other, salted ones of the same password included. Not a secret's only guard: never shown.
    package var fingerprint: [UInt8] { digest }

    /// Nil unless the text is a complete $2a, $2b or $2y hash.
    ///
    /// The three differ only in bugs of programs long gone; all are computed as $2b, as Go does.
    package init?(_ text: String) {
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

    /// A new hash of a password, `$2b$10$…`; nil when the C library cannot (it always can for text without NUL).
    package static func make(_ password: Secret, cost: Int = BcryptHash.standardCost) -> String? {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in CChar(truncatingIfNeeded: random.next()) }
        let setting = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CRYPT_GENSALT_OUTPUT_SIZE)) {
            buffer in
            crypt_gensalt_rn("$2b$", UInt(cost), salt, CInt(salt.count), buffer.baseAddress, CInt(buffer.count))
                .map { String(cString: $0) }
        }
        return setting.flatMap { BcryptScratch().crypt(Array(password.reveal().utf8), setting: $0) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// A hash that no known password has, to spend on strangers the time that users take.
    package static func decoy(cost: Int) -> BcryptHash? {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        return BcryptHash("$2b$\(digits)$" + String(repeating: "./", count: 11) + String(repeating: ".", count: 31))
    }

    /// Whether the password has this hash. Compares in constant time.
    /// - Parameter scratch: the calling thread's own.
    package func verifies(_ password: [UInt8], scratch: BcryptScratch) -> Bool {
        // crypt(3) reads up to a NUL: a password that holds one is another password.
        var difference: UInt8 = password.contains(0) ? 1 : 0
        guard let computed = scratch.crypt(password, setting: setting), computed.count == 60 else { return false }
        for index in digest.indices { difference |= computed[29 + index] ^ digest[index] }
        return difference == 0
    }

    package func verifies(_ password: Secret) -> Bool {
        verifies(Array(password.reveal().utf8), scratch: BcryptScratch())
    }
}
