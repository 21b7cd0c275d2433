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
        let page = try Pagination(request.query, most: request.settings.catalogLimit)
        var request = request
        request.caller = try await request.settings.gate.admitToCatalog(request.headers, origin: request.origin)
        let limit = page.limit ?? min(Self.catalogPage, request.settings.catalogLimit ?? Self.catalogPage)
        let found = try await repositories(request.caller, limit: limit, after: page.last)
        var headers = HTTPFields()
        if !found.isLast, let last = found.elements.last {
            headers[.link] = Pagination.link(
                "\(request.settings.locationPrefix)\(request.settings.pathPrefix)/v2/_catalog", limit: limit,
                last: last.description)
        }
        return request.json(Self.list([("repositories", found.elements.map(\.description))]), headers)
    }

    /// The repositories that a caller may see: all, or of those that the token names the ones that are there.
    private func repositories(
        _ caller: Caller, limit: Int, after last: String?
    ) async throws(StorageError) -> Page<RepositoryName> {
        guard let pullable = caller.pullable else { return try await storage.repositories(limit: limit, after: last) }
        var found: [RepositoryName] = []
        for name in pullable where last.map({ RepositoryName.precedes($0, name.description) }) ?? true {
            do throws(StorageError) {
                _ = try await storage.tags(in: name, limit: 0, after: nil)
            } catch .repositoryUnknown {
                continue
            } catch {
                throw error
            }
            if found.count == limit { return Page(elements: found, isLast: false) }
            found.append(name)
        }
        return Page(elements: found, isLast: true)
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
