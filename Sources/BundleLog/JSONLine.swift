internal import TextFormats

/// Builds one JSON object on one line, without Foundation and with no allocation but its buffer.
package struct JSONLine: Sendable {
    private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "{"))
    }

    package mutating func add(_ key: String, _ value: String) {
        addKey(key)
        JSONString.append(value, to: &bytes)
    }

    package mutating func add(_ key: String, _ value: Int) {
        addKey(key)
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func add(_ key: String, _ value: Double) {
        addKey(key)
        bytes.append(contentsOf: (value.isFinite ? String(value) : "null").utf8)
    }

    package mutating func add(_ key: String, _ value: Bool) {
        addKey(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Adds a list of objects as a value.
    package mutating func add(objects: [JSONLine], for key: String) {
        addKey(key)
        bytes.append(UInt8(ascii: "["))
        for (index, object) in objects.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: object.finished().dropLast())
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Adds another object as a value.
    package mutating func add(object: consuming JSONLine, for key: String) {
        addKey(key)
        bytes.append(contentsOf: object.finished().dropLast())
    }

    /// The line with its closing brace and newline.
    package consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func addKey(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONString.append(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
