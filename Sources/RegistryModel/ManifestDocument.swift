#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The JSON of a manifest of any kind, before its parts are held against one another.
struct ManifestDocument: Decodable {
    var schemaVersion: Int?
    var mediaType: String?
    var artifactType: String?
    var config: Descriptor?
    var layers: [Descriptor]?
    var blobs: [Descriptor]?
    var manifests: [Descriptor]?
    var subject: Descriptor?
    var annotations: [String: String]?

    /// - Throws: `.notJSON`, or `.malformed` with the path of the first fault.
    init(_ bytes: [UInt8]) throws(ManifestRefusal) {
        do {
            self = try JSONDecoder().decode(ManifestDocument.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw Self.refusal(error)
        } catch {
            throw .notJSON
        }
    }

    private static func refusal(_ error: DecodingError) -> ManifestRefusal {
        switch error {
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: .notJSON
        case .dataCorrupted(let context) where context.codingPath.isEmpty: .notJSON
        case .typeMismatch(let type, let context):
            .malformed(path: path(context.codingPath), problem: "must be \(name(of: type))")
        case .valueNotFound(let type, let context):
            .malformed(path: path(context.codingPath), problem: "must be \(name(of: type)), not null")
        case .keyNotFound(let key, let context):
            .malformed(path: path(context.codingPath + [key]), problem: "is missing")
        case .dataCorrupted(let context):
            .malformed(path: path(context.codingPath), problem: "is \(context.debugDescription)")
        @unknown default: .notJSON
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "a whole number"
        case is [Any].Type: "a list"
        default: "an object of the expected kind"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let text = keys.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return String(text.prefix(200))
    }
}
