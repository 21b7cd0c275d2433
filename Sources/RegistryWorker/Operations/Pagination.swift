import HTTPService
import Hummingbird
import RegistryModel

/// Which part of a list is asked for: `?n=100&last=app`.
struct Pagination: Equatable {
    /// Nil for all.
    var limit: Int?
    var last: String?

    /// - Throws: PAGINATION_NUMBER_INVALID.
    init(_ query: RequestQuery) throws(OCIError) {
        if let text = query["n"] {
            guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else {
                throw OCIError(.paginationNumberInvalid, detail: ["n": String(text.prefix(40))])
            }
            limit = number
        }
        last = query["last"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The Link header for the next page.
    static func link(_ path: String, limit: Int, last: String) -> String {
        "<\(path)?last=\(RequestQuery.encode(last))&n=\(limit)>; rel=\"next\""
    }
}
