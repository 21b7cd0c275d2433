/// Base64 in the two alphabets that tokens use, strictly: no whitespace, no stray characters, canonical padding.
package enum Base64 {
    package enum Alphabet: Sendable { case standard, url }

    private static let standardCharacters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlCharacters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let standardValues = values(of: standardCharacters)
    private static let urlValues = values(of: urlCharacters)

    private static func values(of characters: [UInt8]) -> [UInt8] {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in characters.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }

    /// Appends the text of `bytes`: padded in the standard alphabet, unpadded in the URL alphabet.
    package static func append(_ bytes: some Collection<UInt8>, as alphabet: Alphabet, to output: inout [UInt8]) {
        let characters = alphabet == .url ? urlCharacters : standardCharacters
        output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
        var accumulator: UInt32 = 0
        var held = 0
        for byte in bytes {
            accumulator = accumulator << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                output.append(characters[Int(accumulator >> 18 & 63)])
                output.append(characters[Int(accumulator >> 12 & 63)])
                output.append(characters[Int(accumulator >> 6 & 63)])
                output.append(characters[Int(accumulator & 63)])
                accumulator = 0
                held = 0
            }
        }
        if held > 0 {
            accumulator <<= UInt32(8 * (3 - held))
            for position in 0...held { output.append(characters[Int(accumulator >> UInt32(18 - 6 * position) & 63)]) }
            if alphabet == .standard { for _ in held..<3 { output.append(UInt8(ascii: "=")) } }
        }
    }

    package static func text(_ bytes: some Collection<UInt8>, as alphabet: Alphabet) -> String {
        var output: [UInt8] = []
        append(bytes, as: alphabet, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a text, or nil when it is not exactly what `append` would write for them.
    package static func bytes(of text: some BidirectionalCollection<UInt8>, as alphabet: Alphabet) -> [UInt8]? {
        let values = alphabet == .url ? urlValues : standardValues
        var characters = text[...]
        if alphabet == .standard {
            guard text.count % 4 == 0 else { return nil }
            for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters = characters.dropLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(characters.count / 4 * 3 + 2)
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            accumulator = accumulator << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: accumulator >> bits))
                accumulator &= (1 << bits) - 1
            }
        }
        return accumulator == 0 ? output : nil
    }
}
