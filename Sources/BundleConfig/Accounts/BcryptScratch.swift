import CCrypt

/// The 32 KiB that crypt(3) works in, wiped at its end. One thread at a time.
package final class BcryptScratch {
    private let state: UnsafeMutablePointer<crypt_data>

    package init() {
        state = .allocate(capacity: 1)
        wipe()
    }

    deinit {
        wipe()
        state.deallocate()
    }

    /// The hash of a password's first 72 bytes, up to a NUL; nil for a setting that is not bcrypt's.
    func crypt(_ password: [UInt8], setting: String) -> [UInt8]? {
        var key = password.prefix(BcryptHash.passwordLimit).map(CChar.init(bitPattern:))
        key.append(0)
        defer { for index in key.indices { key[index] = 0 } }
        guard let result = crypt_r(key, setting, state), result[0] == CChar(bitPattern: UInt8(ascii: "$")) else {
            return nil
        }
        return Array(String(cString: result).utf8)
    }

    private func wipe() {
        UnsafeMutableRawPointer(state).initializeMemory(
            as: UInt8.self, repeating: 0, count: MemoryLayout<crypt_data>.size)
    }
}
