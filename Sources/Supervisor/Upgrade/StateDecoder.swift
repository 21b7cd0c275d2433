/// Reads what `StateEncoder` wrote.
enum StateDecoder {
    static func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws -> Value {
        try read(type, value, [])
    }

    fileprivate struct Reader: Decoder {
        let value: JSONValue
        let codingPath: [any CodingKey]
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            guard case .object(let members) = value else { throw mismatch([String: String].self, codingPath) }
            let known = Dictionary(members) { first, _ in first }
            return KeyedDecodingContainer(Keyed<Key>(members: known, codingPath: codingPath))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            guard case .array(let values) = value else { throw mismatch([String].self, codingPath) }
            return Listed(values: values, codingPath: codingPath)
        }

        func singleValueContainer() -> any SingleValueDecodingContainer { Single(value: value, codingPath: codingPath) }
    }

    fileprivate struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: JSONValue]
        let codingPath: [any CodingKey]
        var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
        func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try read(type, value(key), codingPath + [key])
        }
        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            try Reader(value: value(key), codingPath: codingPath + [key]).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try Reader(value: value(key), codingPath: codingPath + [key]).unkeyedContainer()
        }
        func superDecoder() throws -> any Decoder {
            Reader(value: members["super"] ?? .null, codingPath: codingPath)
        }
        func superDecoder(forKey key: Key) throws -> any Decoder {
            Reader(value: try value(key), codingPath: codingPath + [key])
        }

        private func value(_ key: Key) throws -> JSONValue {
            guard let value = members[key.stringValue] else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
            }
            return value
        }
    }

    fileprivate struct Listed: UnkeyedDecodingContainer {
        let values: [JSONValue]
        let codingPath: [any CodingKey]
        var currentIndex = 0
        var count: Int? { values.count }
        var isAtEnd: Bool { currentIndex >= values.count }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, values[currentIndex].isNull else { return false }
            currentIndex += 1
            return true
        }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try read(type, next(), codingPath)
        }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            try Reader(value: next(), codingPath: codingPath).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try Reader(value: next(), codingPath: codingPath).unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder { Reader(value: try next(), codingPath: codingPath) }

        private mutating func next() throws -> JSONValue {
            guard !isAtEnd else { throw mismatch([String].self, codingPath) }
            defer { currentIndex += 1 }
            return values[currentIndex]
        }
    }

    fileprivate struct Single: SingleValueDecodingContainer {
        let value: JSONValue
        let codingPath: [any CodingKey]

        func decodeNil() -> Bool { value.isNull }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type, value, codingPath) }
    }

    fileprivate static func read<Value: Decodable>(
        _ type: Value.Type, _ value: JSONValue, _ path: [any CodingKey]
    ) throws -> Value {
        let leaf: Any?
        switch type {
        case is String.Type: leaf = value.string
        case is Bool.Type: leaf = value.bool
        case is Double.Type: leaf = value.string.flatMap(Double.init) ?? value.number
        case is Float.Type: leaf = value.string.flatMap(Float.init)
        case let whole as any FixedWidthInteger.Type: leaf = integer(whole, value)
        default: return try Value(from: Reader(value: value, codingPath: path))
        }
        guard let result = leaf as? Value else { throw mismatch(type, path) }
        return result
    }

    private static func integer<Number: FixedWidthInteger>(_ type: Number.Type, _ value: JSONValue) -> Number? {
        value.integer.flatMap { Number(exactly: $0) } ?? value.string.flatMap { Number($0) }
    }

    fileprivate static func mismatch(_ type: Any.Type, _ path: [any CodingKey]) -> DecodingError {
        DecodingError.typeMismatch(
            type, .init(codingPath: path, debugDescription: "\(path.map(\.stringValue).joined(separator: "."))"))
    }
}
