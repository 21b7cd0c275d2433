/// Why a text is not JSON as we accept it.
package enum JSONRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case syntax(offset: Int)
    case duplicateKey(String)
    case tooDeep(limit: Int)
    case notUnicode(offset: Int)

    package var problem: String {
        switch self {
        case .syntax(let offset): "not JSON at byte \(offset)"
        case .duplicateKey(let key): "the key \"\(key.prefix(40))\" stands twice"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .notUnicode(let offset): "not Unicode at byte \(offset)"
        }
    }

    package var remedy: String { "send one JSON value in UTF-8 with unique keys" }
    package var description: String { "\(problem); \(remedy)" }
}
