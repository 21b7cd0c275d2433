/// Request ids: 128 random bits as 32 hexadecimal digits, as the proxy makes them.
package enum RequestIdentifier {
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return hex(generator.next()) + hex(generator.next())
    }

    private static func hex(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
