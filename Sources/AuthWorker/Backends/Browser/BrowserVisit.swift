internal import HTTPTypes
internal import Logging

/// A browser's request of one of the pages.
struct BrowserVisit: Sendable {
    var request: IncomingRequest
    /// `server.path_prefix`.
    var prefix: String
    /// The client's address.
    var remote: String
    var logger: Logger

    /// `https://registry.example`, as the proxy says that the browser has called us, or as the request itself does.
    var origin: String {
        let given = request.headers[Self.forwardedHost] ?? request.authority ?? ""
        let isHost =
            !given.isEmpty
            && given.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x3A)
                    || [0x2D, 0x2E, 0x5B, 0x5D].contains($0)
            }
        let host = isHost ? given : "localhost"
        let isPlain =
            request.headers[Self.forwardedProto].map { $0 == "http" } ?? WorkloadRule.isLoopback("http://\(host)")
        return "\(isPlain ? "http" : "https")://\(host)"
    }

    private static let forwardedHost = HTTPField.Name("X-Forwarded-Host") ?? .origin
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto") ?? .origin

    /// The value of a cookie; the first of its name.
    /// - Source: RFC 6265, section 4.2.
    func cookie(_ name: String) -> String? {
        for line in request.headers[values: .cookie] {
            for pair in line.split(separator: ";") {
                let text = pair.drop { $0 == " " }
                if text.hasPrefix("\(name)=") { return String(text.dropFirst(name.utf8.count + 1)) }
            }
        }
        return nil
    }
}
