import HTTPService
import Hummingbird
import RegistryModel

/// Which part of a list is asked for: `?n=100&last=app`.
struct Pagination: Equatable {
    /// Nil for all.
    var limit: Int?
    var last: String?

    /// - Parameter most: the largest page that a setting allows; nil for any.
    /// - Throws: PAGINATION_NUMBER_INVALID.
    init(_ query: RequestQuery, most: Int? = nil) throws(OCIError) {
        if let text = query["n"] {
            guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else {
                throw OCIError(.paginationNumberInvalid, detail: ["n": String(text.prefix(40))])
            }
            if let most, number > most {
                throw OCIError(
                    .paginationNumberInvalid, message: "n is \(number): this registry lists at most \(most) at once",
                    detail: ["n": String(number)])
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
