import RegistryModel

/// Reads what the index keeps of an ordinary manifest in one pass over its bytes: a rebuild reads hundreds of thousands.
///
/// It gives up on everything that is unusual (a subject, escapes in a name, a null, a number that is not whole, a key that
/// stands twice): then the registry's own parser decides. What it does take means the same to both.
struct ManifestScanner {
    private static let depth = 64
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    /// - Returns: nil for what the registry's own parser must decide.
    static func read(_ bytes: [UInt8], digest: Digest) -> IndexedManifest? {
        bytes.withUnsafeBufferPointer { buffer in
            var scanner = ManifestScanner(bytes: buffer)
            return scanner.manifest(digest)
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func manifest(_ digest: Digest) -> IndexedManifest? {
        var seen: Set<String> = []
        var mediaType: String?
        var config: IndexedManifest.Reference?
        var layers: [IndexedManifest.Reference]?
        var manifests: [IndexedManifest.Reference]?
        let isWhole = object { scanner, key in
            guard let key = scanner.word(key) else { return scanner.skipValue() }
            switch key {
            case "schemaVersion", "mediaType", "config", "layers", "manifests":
                guard seen.insert(key).inserted else { return false }
            case "subject", "blobs": return false
            default: return scanner.skipValue()
            }
            switch key {
            case "schemaVersion": return scanner.number() == 2
            case "mediaType":
                mediaType = scanner.word()
                return mediaType != nil
            case "config":
                config = scanner.descriptor()
                return config != nil
            case "layers":
                layers = scanner.descriptors()
                return layers != nil
            default:
                manifests = scanner.descriptors()
                return manifests != nil
            }
        }
        guard isWhole, next() == nil, seen.contains("schemaVersion") else { return nil }
        let type = mediaType ?? (manifests != nil ? MediaType.ociIndex : MediaType.ociManifest)
        var references: [IndexedManifest.Reference]
        switch type {
        case MediaType.ociManifest, MediaType.dockerManifest:
            guard let config, let layers, manifests == nil else { return nil }
            references = layers
            references.append(config)
        case MediaType.ociIndex, MediaType.dockerManifestList:
            guard let manifests, config == nil, layers == nil else { return nil }
            references = manifests
        default: return nil
        }
        return IndexedManifest(digest: digest, mediaType: type, size: bytes.count, references: references)
    }

    private mutating func descriptors() -> [IndexedManifest.Reference]? {
        var found: [IndexedManifest.Reference] = []
        let isWhole = array { scanner in
            guard let descriptor = scanner.descriptor() else { return false }
            found.append(descriptor)
            return true
        }
        return isWhole ? found : nil
    }

    private mutating func descriptor() -> IndexedManifest.Reference? {
        var digest: Digest?
        var size: Int?
        let isWhole = object { scanner, key in
            if scanner.isWord(key, "digest") {
                guard digest == nil else { return false }
                digest = scanner.digest()
                return digest != nil
            }
            if scanner.isWord(key, "size") {
                guard size == nil else { return false }
                size = scanner.number()
                return size != nil
            }
            return scanner.skipValue()
        }
        guard isWhole, let digest, let size else { return nil }
        return IndexedManifest.Reference(target: digest, size: size)
    }

    // MARK: JSON

    /// The next byte that is no space, which stays; nil at the end.
    private mutating func next() -> UInt8? {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    /// An object; the body reads the value of each key.
    private mutating func object(_ body: (inout ManifestScanner, Range<Int>) -> Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let key = string(), take(":"), body(&self, key) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func array(_ body: (inout ManifestScanner) -> Bool) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        repeat { guard body(&self) else { return false } } while take(",")
        return take("]")
    }

    /// Where the text of a string stands, between its quotes.
    private mutating func string() -> Range<Int>? {
        guard take("\"") else { return nil }
        let start = place
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return start..<(place - 1)
            case UInt8(ascii: "\\"): place += 2
            case 0..<0x20: return nil
            default: place += 1
            }
        }
        return nil
    }

    /// The text, when it is plain ASCII without escapes.
    private func word(_ range: Range<Int>) -> String? {
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        guard part.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else { return nil }
        return String(decoding: part, as: UTF8.self)
    }

    private func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return UnsafeBufferPointer(rebasing: bytes[range])
            .elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func word() -> String? { string().flatMap { word($0) } }

    private mutating func digest() -> Digest? {
        string().flatMap { Digest(text: UnsafeBufferPointer(rebasing: bytes[$0])) }
    }

    /// A whole number, not negative.
    private mutating func number() -> Int? {
        guard let first = next(), (0x30...0x39).contains(first) else { return nil }
        var value = 0
        let start = place
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
            guard place - start < 18 else { return nil }
            value = value * 10 + Int(bytes[place] - 0x30)
            place += 1
        }
        guard first != 0x30 || place == start + 1 else { return nil }
        if place < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[place]) {
            return nil
        }
        return value
    }

    /// A value that does not matter.
    private mutating func skipValue(_ depth: Int = 1) -> Bool {
        guard depth < Self.depth else { return false }
        switch next() {
        case UInt8(ascii: "{"): return object { scanner, _ in scanner.skipValue(depth + 1) }
        case UInt8(ascii: "["): return array { scanner in scanner.skipValue(depth + 1) }
        case UInt8(ascii: "\""): return string() != nil
        default:
            let start = place
            while place < bytes.count, Self.isOfLiteral(bytes[place]) { place += 1 }
            return place > start
        }
    }

    /// Numbers, true, false and null: letters, digits, signs and the point.
    private static func isOfLiteral(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
            || byte == 0x45
    }
}
