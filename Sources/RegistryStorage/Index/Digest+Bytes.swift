import RegistryModel

extension Digest {
    /// The value itself, which is how the index keeps digests: its length tells the algorithm.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(algorithm.byteCount)
        var high: UInt8?
        for digit in hex.utf8 {
            let value = digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    /// - Returns: nil unless the length is that of an algorithm.
    init?(bytes: [UInt8]) {
        guard let algorithm = DigestAlgorithm.allCases.first(where: { $0.byteCount == bytes.count }) else { return nil }
        self.init(algorithm: algorithm, value: bytes)
    }
}
