import BundleLog
import HTTPService
import HTTPTypes
import Hummingbird
import RegistryModel
import RegistryStorage

/// The list of repositories, and of a repository's tags.
extension RegistryMiddleware {
    /// How many repositories are listed when a client does not say.
    static let catalogPage = 100

    func catalog(_ request: RegistryRequest) async throws -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        let page = try Pagination(request.query)
        let request = try await admit(request, .catalog)
        let limit = page.limit ?? Self.catalogPage
        let found = try await storage.repositories(limit: limit, after: page.last)
        var headers = HTTPFields()
        if !found.isLast, let last = found.elements.last {
            headers[.link] = Pagination.link(
                "\(request.settings.locationPrefix)/v2/_catalog", limit: limit, last: last.description)
        }
        return request.json(Self.list([("repositories", found.elements.map(\.description))]), headers)
    }

    func tags(_ request: RegistryRequest, _ repository: RepositoryName) async throws -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        let page = try Pagination(request.query)
        let request = try await admit(request, .repository(repository, "pull"))
        let found = try await storage.tags(in: repository, limit: page.limit, after: page.last)
        var headers = HTTPFields()
        if !found.isLast, let limit = page.limit, let last = found.elements.last {
            headers[.link] = Pagination.link(
                request.location(repository, "tags/list"), limit: limit, last: last.description)
        }
        return request.json(Self.list(name: repository, [("tags", found.elements.map(\.description))]), headers)
    }

    /// Names and tags need no escaping: their grammars have no such characters.
    private static func list(name: RepositoryName? = nil, _ lists: [(String, [String])]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString("{")
        if let name { buffer.writeString("\"name\":\"\(name)\",") }
        for (key, values) in lists {
            buffer.writeString("\"\(key)\":[")
            for (index, value) in values.enumerated() {
                buffer.writeString(index == 0 ? "\"\(value)\"" : ",\"\(value)\"")
            }
            buffer.writeString("]")
        }
        buffer.writeString("}\n")
        return buffer
    }
}
