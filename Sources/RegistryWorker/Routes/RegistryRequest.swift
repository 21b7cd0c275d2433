import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import RegistryModel
import RegistryStorage

/// A request with all that its handler needs: the settings that were in force when it came, and who makes it.
struct RegistryRequest {
    let request: Request
    let context: ServiceRequestContext
    let settings: RegistrySettings
    let query: RequestQuery
    let start = ContinuousClock.now
    var caller = Caller.anonymous

    init(_ request: Request, _ context: ServiceRequestContext, _ settings: RegistrySettings) {
        self.request = request
        self.context = context
        self.settings = settings
        query = RequestQuery(request.uri.query)
    }

    var method: HTTPRequest.Method { request.method }
    var headers: HTTPFields { request.headers }
    var logger: Logger { context.logger }
    var isHead: Bool { method == .head }

    /// Whether the request announces a body that is not empty.
    var hasBody: Bool {
        if let length = headers[.contentLength] { return length != "0" }
        return headers[.transferEncoding] != nil
    }

    /// Scheme and host as the client wrote them; nil when they could not stand in a header. Only our own proxy is believed
    /// about the scheme.
    var origin: String? {
        let scheme = context.isFromProxy ? headers[.forwardedScheme] ?? "http" : "http"
        guard let host = request.head.authority, scheme == "http" || scheme == "https", !host.isEmpty else {
            return nil
        }
        let isPlain = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || ".-_:[]".utf8.contains(byte)
        }
        return isPlain ? "\(scheme)://\(host)" : nil
    }

    /// The path of something of a repository, as Location gives it.
    func location(_ repository: RepositoryName, _ rest: String) -> String {
        "\(settings.locationPrefix)\(settings.pathPrefix)/v2/\(repository)/\(rest)"
    }

    /// An answer without a body.
    func empty(_ status: HTTPResponse.Status, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        if status != .noContent && status != .notModified && headers[.contentLength] == nil {
            headers[.contentLength] = "0"
        }
        var response = Response(status: status, headers: headers)
        if status == .noContent || status == .notModified { response.headers[.contentLength] = nil }
        return response
    }

    /// An answer of JSON; HEAD gets the same headers.
    func json(_ body: ByteBuffer, type: String = "application/json", _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = type
        headers[.contentLength] = String(body.readableBytes)
        return Response(status: .ok, headers: headers, body: isHead ? .init() : .init(byteBuffer: body))
    }

    /// - Throws: DIGEST_INVALID.
    func digest(_ text: String) throws(OCIError) -> Digest {
        guard let digest = Digest(text) else {
            throw OCIError(.digestInvalid, detail: ["digest": String(text.prefix(200))])
        }
        return digest
    }
}
