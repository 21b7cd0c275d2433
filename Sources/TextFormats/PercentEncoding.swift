/// Texts as they stand in an address or a form.
/// - Source: RFC 3986, section 2.1.
package enum PercentEncoding {
    /// All but the unreserved characters as `%` and two digits.
    package static func encoded(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                output.append(contentsOf: (byte < 16 ? "%0\(digits)" : "%\(digits)").utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `a=1&b=2`
    package static func form(_ values: [(String, String)]) -> String {
        values.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: "&")
    }
}
