import COpenSSL
package import RegistryModel

/// A running digest whose state can be saved and taken up again, in the very form that Go marshals (so that an upload
/// begun under one registry can be finished under the other).
/// - Source: Go's `crypto/sha256` and `crypto/sha512`, `MarshalBinary`.
package struct ContentHash: Sendable {
    private enum Context {
        case sha256(SHA256_CTX)
        case sha512(SHA512_CTX)
    }

    private var context: Context
    /// How many bytes have been taken in.
    package private(set) var count = 0

    package init(_ algorithm: DigestAlgorithm) {
        switch algorithm {
        case .sha256:
            var sha = SHA256_CTX()
            SHA256_Init(&sha)
            context = .sha256(sha)
        case .sha512:
            var sha = SHA512_CTX()
            SHA512_Init(&sha)
            context = .sha512(sha)
        }
    }

    package var algorithm: DigestAlgorithm {
        switch context {
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        switch context {
        case .sha256(var sha):
            SHA256_Update(&sha, bytes.baseAddress, bytes.count)
            context = .sha256(sha)
        case .sha512(var sha):
            SHA512_Update(&sha, bytes.baseAddress, bytes.count)
            context = .sha512(sha)
        }
    }

    /// The digest of what has been taken in so far; more can follow.
    /// - Returns: nil only when libcrypto gives a value of the wrong length, which it does not.
    package func digest() -> Digest? {
        var value = [UInt8](repeating: 0, count: algorithm.byteCount)
        switch context {
        case .sha256(var sha): SHA256_Final(&value, &sha)
        case .sha512(var sha): SHA512_Final(&value, &sha)
        }
        return Digest(algorithm: algorithm, value: value)
    }

    package static func digest(of bytes: [UInt8], _ algorithm: DigestAlgorithm = .sha256) -> Digest? {
        var hash = ContentHash(algorithm)
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.digest()
    }
}

extension ContentHash {
    /// The state as Go marshals it: `sha\u{3}` or `sha\u{7}`, eight words, the block buffer, the length; all big-endian.
    package var state: [UInt8] {
        var state: [UInt8]
        switch context {
        case .sha256(let sha):
            state = Array("sha".utf8) + [3]
            withUnsafeBytes(of: sha.h) { for word in $0.bindMemory(to: UInt32.self) { state.append(bigEndian: word) } }
            withUnsafeBytes(of: sha.data) { state += Self.block($0, filled: Int(sha.num), size: 64) }
        case .sha512(let sha):
            state = Array("sha".utf8) + [7]
            withUnsafeBytes(of: sha.h) { for word in $0.bindMemory(to: UInt64.self) { state.append(bigEndian: word) } }
            withUnsafeBytes(of: sha.u) { state += Self.block($0, filled: Int(sha.num), size: 128) }
        }
        state.append(bigEndian: UInt64(count))
        return state
    }

    /// Takes up a saved state.
    /// - Returns: nil when the bytes are no state of this algorithm, or count more than fits.
    package init?(_ algorithm: DigestAlgorithm, state: [UInt8]) {
        let isShort = algorithm == .sha256
        let (wordSize, blockSize) = isShort ? (4, 64) : (8, 128)
        guard state.count == 4 + 8 * wordSize + blockSize + 8, state.starts(with: Array("sha".utf8)),
            state[3] == (isShort ? 3 : 7)
        else { return nil }
        let length = state.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length < UInt64(1) << 60 else { return nil }
        let filled = Int(length) % blockSize
        let words = (0..<8).map { index in
            state[(4 + index * wordSize)..<(4 + (index + 1) * wordSize)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let block = state[(4 + 8 * wordSize)...].prefix(filled)
        if isShort {
            var sha = SHA256_CTX()
            SHA256_Init(&sha)
            withUnsafeMutableBytes(of: &sha.h) { raw in
                let target = raw.bindMemory(to: UInt32.self)
                for (index, word) in words.enumerated() { target[index] = UInt32(truncatingIfNeeded: word) }
            }
            withUnsafeMutableBytes(of: &sha.data) { $0.copyBytes(from: block) }
            let bits = length << 3
            sha.Nl = UInt32(truncatingIfNeeded: bits)
            sha.Nh = UInt32(truncatingIfNeeded: bits >> 32)
            sha.num = UInt32(filled)
            context = .sha256(sha)
        } else {
            var sha = SHA512_CTX()
            SHA512_Init(&sha)
            withUnsafeMutableBytes(of: &sha.h) { raw in
                let target = raw.bindMemory(to: UInt64.self)
                for (index, word) in words.enumerated() { target[index] = word }
            }
            withUnsafeMutableBytes(of: &sha.u) { $0.copyBytes(from: block) }
            sha.Nl = length << 3
            sha.Nh = length >> 61
            sha.num = UInt32(filled)
            context = .sha512(sha)
        }
        count = Int(length)
    }

    private static func block(_ bytes: UnsafeRawBufferPointer, filled: Int, size: Int) -> [UInt8] {
        Array(bytes.prefix(filled)) + [UInt8](repeating: 0, count: size - filled)
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
