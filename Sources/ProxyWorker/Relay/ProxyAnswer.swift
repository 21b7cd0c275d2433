import BundleLog
import NIOCore
import NIOHTTP1

/// An answer that the proxy gives by itself.
struct ProxyAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: ByteBuffer

    init(_ status: Int, headers: HTTPHeaders = [:], type: String? = nil, body: String = "") {
        self.status = HTTPResponseStatus(statusCode: status)
        self.headers = headers
        self.body = ByteBuffer(string: body)
        if let type { self.headers.add(name: "Content-Type", value: type) }
    }

    /// `{"errors":[{"code":…,"message":…}]}`, the shape of every error a registry's client reads.
    static func error(_ status: Int, _ sentence: String, headers: HTTPHeaders = [:]) -> ProxyAnswer {
        let code =
            switch status {
            case 401: "UNAUTHORIZED"
            case 403: "DENIED"
            case 404: "NAME_UNKNOWN"
            case 405, 501: "UNSUPPORTED"
            case 413: "SIZE_INVALID"
            case 429: "TOOMANYREQUESTS"
            case 500..<600: "UNAVAILABLE"
            default: "UNSUPPORTED"
            }
        var error = JSONLine()
        error.add("code", code)
        error.add("message", sentence)
        var body = JSONLine()
        body.add(objects: [error], for: "errors")
        return ProxyAnswer(
            status, headers: headers, type: "application/json", body: String(decoding: body.finished(), as: UTF8.self))
    }

    static func refusal(_ refusal: RequestRefusal) -> ProxyAnswer {
        var headers: HTTPHeaders = [:]
        if refusal.status == 405 { headers.add(name: "Allow", value: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS") }
        return error(refusal.status, refusal.problem + ".", headers: headers)
    }

    static func redirect(_ status: Int, to location: String) -> ProxyAnswer {
        ProxyAnswer(
            status, headers: ["Location": location], type: "text/plain; charset=utf-8", body: "See \(location)\n")
    }
}
