/// A key of the terminal. Source: ECMA-48 and the xterm manual, "PC-style function keys".
enum TopKey: Equatable {
    case character(Character)
    case up, down
    /// ^C, or escape alone.
    case interrupt

    /// The keys in what was read at once.
    static func decode(_ bytes: [UInt8]) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x1B:
                guard rest.first == UInt8(ascii: "[") || rest.first == UInt8(ascii: "O") else {
                    keys.append(.interrupt)
                    continue
                }
                rest = rest.dropFirst()
                // Parameters, then the letter that says which.
                rest = rest.drop { (0x20...0x3F).contains($0) }
                switch rest.popFirst() {
                case UInt8(ascii: "A"): keys.append(.up)
                case UInt8(ascii: "B"): keys.append(.down)
                default: break
                }
            case 0x03, 0x04: keys.append(.interrupt)
            case 0x21..<0x7F: keys.append(.character(Character(Unicode.Scalar(byte))))
            default: break
            }
        }
        return keys
    }
}
