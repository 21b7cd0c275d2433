/// Up to sixteen first bytes of a text, in two words that are compared at once.
struct BytePrefix: Sendable, Equatable {
    private var words: (UInt64, UInt64) = (0, 0)
    /// Which bytes count: all of a shorter text's, the rest is zero.
    private var masks: (UInt64, UInt64) = (0, 0)

    init(_ bytes: some Sequence<UInt8>) {
        for (index, byte) in bytes.prefix(16).enumerated() {
            let shift = UInt64(index % 8 * 8)
            if index < 8 {
                words.0 |= UInt64(byte) << shift
                masks.0 |= 0xFF << shift
            } else {
                words.1 |= UInt64(byte) << shift
                masks.1 |= 0xFF << shift
            }
        }
    }

    /// Whether a text that begins with `other` may begin with these bytes.
    func agrees(with other: BytePrefix) -> Bool {
        (other.words.0 ^ words.0) & masks.0 | (other.words.1 ^ words.1) & masks.1 == 0
    }

    static func == (lhs: BytePrefix, rhs: BytePrefix) -> Bool { lhs.words == rhs.words && lhs.masks == rhs.masks }
}
