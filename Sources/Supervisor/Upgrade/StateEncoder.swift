/// Writes Codable values as JSON, for the supervisor's successor. Foundation's encoder would bring Foundation along.
/// - Whole numbers past Int64 and fractions are written as text: what is read is what was written.
enum StateEncoder {
    static func encode(_ value: some Encodable) throws -> JSONValue {
        let box = Box()
        try value.encode(to: Writer(box: box, codingPath: []))
        return box.value
    }

    /// A place in the tree that is being built.
    fileprivate final class Box {
        enum Content {
            case none
            case leaf(JSONValue)
            case object([(String, Box)])
            case array([Box])
        }

        var content = Content.none

        var value: JSONValue {
            switch content {
            case .none: .object([])
            case .leaf(let value): value
            case .object(let members): .object(members.map { ($0.0, $0.1.value) })
            case .array(let boxes): .array(boxes.map(\.value))
            }
        }

        func member(_ name: String) -> Box {
            let box = Box()
            var members: [(String, Box)] = []
            if case .object(let known) = content { members = known }
            members.append((name, box))
            content = .object(members)
            return box
        }

        func element() -> Box {
            let box = Box()
            var boxes: [Box] = []
            if case .array(let known) = content { boxes = known }
            boxes.append(box)
            content = .array(boxes)
            return box
        }
    }

    fileprivate struct Writer: Encoder {
        let box: Box
        let codingPath: [any CodingKey]
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            box.content = .object([])
            return KeyedEncodingContainer(Keyed<Key>(box: box, codingPath: codingPath))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer {
            box.content = .array([])
            return Listed(box: box, codingPath: codingPath)
        }

        func singleValueContainer() -> any SingleValueEncodingContainer { Single(box: box, codingPath: codingPath) }
    }

    fileprivate struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let box: Box
        let codingPath: [any CodingKey]

        mutating func encodeNil(forKey key: Key) { box.member(key.stringValue).content = .leaf(.null) }
        mutating func encode(_ value: some Encodable, forKey key: Key) throws {
            try write(value, to: box.member(key.stringValue), codingPath + [key])
        }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> {
            Writer(box: box.member(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            Writer(box: box.member(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
        }
        mutating func superEncoder() -> any Encoder { Writer(box: box.member("super"), codingPath: codingPath) }
        mutating func superEncoder(forKey key: Key) -> any Encoder {
            Writer(box: box.member(key.stringValue), codingPath: codingPath + [key])
        }
    }

    fileprivate struct Listed: UnkeyedEncodingContainer {
        let box: Box
        let codingPath: [any CodingKey]
        var count: Int { if case .array(let boxes) = box.content { boxes.count } else { 0 } }

        mutating func encodeNil() { box.element().content = .leaf(.null) }
        mutating func encode(_ value: some Encodable) throws { try write(value, to: box.element(), codingPath) }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) -> KeyedEncodingContainer<Nested> {
            Writer(box: box.element(), codingPath: codingPath).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            Writer(box: box.element(), codingPath: codingPath).unkeyedContainer()
        }
        mutating func superEncoder() -> any Encoder { Writer(box: box.element(), codingPath: codingPath) }
    }

    fileprivate struct Single: SingleValueEncodingContainer {
        let box: Box
        let codingPath: [any CodingKey]

        mutating func encodeNil() { box.content = .leaf(.null) }
        mutating func encode(_ value: some Encodable) throws { try write(value, to: box, codingPath) }
    }

    /// A leaf as it stands; anything else by its own `encode(to:)`.
    fileprivate static func write(_ value: some Encodable, to box: Box, _ path: [any CodingKey]) throws {
        if let leaf = leaf(value) {
            box.content = .leaf(leaf)
        } else {
            try value.encode(to: Writer(box: box, codingPath: path))
        }
    }

    private static func leaf(_ value: some Encodable) -> JSONValue? {
        switch value {
        case let text as String: .string(text)
        case let flag as Bool: .bool(flag)
        case let number as Double: .string("\(number)")
        case let number as Float: .string("\(number)")
        case let number as any FixedWidthInteger: Int(exactly: number).map { .integer($0) } ?? .string("\(number)")
        default: nil
        }
    }
}

// What is nil is written as null: a member that is missing is one that the writer does not know.
extension StateEncoder.Keyed {
    mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try put(value, key) }
    mutating func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try put(value, key) }

    private mutating func put(_ value: (some Encodable)?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }
}
