import RegistryModel

extension Digest {
    /// The value itself, which is how the index keeps digests: its length tells the algorithm.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { buffer, count in
            write(into: UnsafeMutableRawBufferPointer(buffer))
            count = algorithm.byteCount
        }
    }

    /// - Parameter buffer: of the algorithm's length.
    func write(into buffer: UnsafeMutableRawBufferPointer) {
        func value(_ digit: UInt8) -> UInt8 {
            digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
        }
        var hex = hex
        hex.withUTF8 { digits in
            for index in 0..<min(buffer.count, digits.count / 2) {
                buffer[index] = value(digits[index * 2]) << 4 | value(digits[index * 2 + 1])
            }
        }
    }

    /// Of a text's bytes, as `init(_:)` but without making a string of more than the value.
    init?(text: UnsafeBufferPointer<UInt8>) {
        guard text.count > 7, text[6] == UInt8(ascii: ":"),
            let algorithm = DigestAlgorithm.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text[..<6]) }),
            text.count == 7 + algorithm.byteCount * 2
        else { return nil }
        let hex = String(decoding: UnsafeBufferPointer(rebasing: text[7...]), as: UTF8.self)
        self.init(algorithm: algorithm, hex: hex)
    }

    /// - Returns: nil unless the length is that of an algorithm.
    init?(bytes: [UInt8]) {
        guard let algorithm = DigestAlgorithm.allCases.first(where: { $0.byteCount == bytes.count }) else { return nil }
        self.init(algorithm: algorithm, value: bytes)
    }
}
