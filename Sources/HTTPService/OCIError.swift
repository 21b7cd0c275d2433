import BundleLog
package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// A refusal in the registry protocol's form: `{"errors":[{"code":…,"message":…,"detail":…}]}`.
///
/// The message is a sentence that docker and its kin print to a person; it says what to do where there is something to do.
/// - Source: OCI distribution-spec 1.1, "Error codes".
package struct OCIError: HTTPResponseError, Equatable, CustomStringConvertible {
    package var code: ErrorCode
    package var message: String
    /// More for machines: names and their values.
    package var detail: [String: String]
    package var status: HTTPResponse.Status
    package var headers: HTTPFields

    /// - Parameters:
    ///   - message: nil takes the code's own.
    ///   - status: nil takes the code's own.
    package init(
        _ code: ErrorCode, message: String? = nil, detail: [String: String] = [:], status: HTTPResponse.Status? = nil,
        headers: HTTPFields = [:]
    ) {
        self.code = code
        self.message = message ?? code.message
        self.detail = detail
        self.status = status ?? HTTPResponse.Status(code: code.status)
        self.headers = headers
    }

    package var description: String { "\(code.rawValue): \(message)" }

    /// The body, as one line of JSON.
    package var body: ByteBuffer {
        var error = JSONLine()
        error.add("code", code.rawValue)
        error.add("message", message)
        if !detail.isEmpty {
            var fields = JSONLine()
            for (key, value) in detail.sorted(by: { $0.key < $1.key }) { fields.add(key, value) }
            error.add(object: fields, for: "detail")
        }
        var body = JSONLine()
        body.add(objects: [error], for: "errors")
        return ByteBuffer(bytes: body.finished())
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = body
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.contentLength] = String(body.readableBytes)
        headers[.dockerAPIVersion] = "registry/2.0"
        let silent = request.method == .head
        return Response(status: status, headers: headers, body: silent ? .init() : .init(byteBuffer: body))
    }
}
