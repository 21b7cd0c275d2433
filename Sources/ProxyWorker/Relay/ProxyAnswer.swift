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
            case 404: "NAME_UNKNOWN"
            case 405, 501: "UNSUPPORTED"
            case 413: "SIZE_INVALID"
            case 429: "TOOMANYREQUESTS"
            case 500..<600: "UNAVAILABLE"
            default: "UNSUPPORTED"
            }
        let body = #"{"errors":[{"code":"\#(code)","message":"\#(escaped(sentence))"}]}"# + "\n"
        return ProxyAnswer(status, headers: headers, type: "application/json", body: body)
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

    /// For a text inside a JSON string.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\0"..<" ": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
