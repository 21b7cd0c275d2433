import Foundation
import NIOHTTP1

/// What the fake upstream answers as an auth worker, docker_auth's way. The password is `secret`, anybody's; anonymous access
/// is allowed, and a client's certificate signs in.
enum FakeAuth {
    static func answer(_ head: HTTPRequestHead) -> (status: HTTPResponseStatus, headers: HTTPHeaders, body: String) {
        let field = head.headers.first(name: "authorization")
        guard let field else {
            return granted(head.headers.first(name: "x-dockmaster-client-name") ?? "")
        }
        let words = Data(base64Encoded: String(field.dropFirst(6))).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parts = words.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts.first ?? "", parts.last ?? "") {
        case ("throttled", _): return (.tooManyRequests, ["Retry-After": "7"], "{}")
        case ("broken", _): return (.internalServerError, [:], "")
        case ("odd", _): return (.ok, [:], "{}")
        case (let user, "secret"): return granted(user)
        default: return (.unauthorized, ["WWW-Authenticate": "Basic realm=\"x\""], "Auth failed.")
        }
    }

    private static func granted(_ user: String) -> (HTTPResponseStatus, HTTPHeaders, String) {
        let parts = [#"{"typ":"JWT"}"#, "{\"iss\":\"a\",\"sub\":\"\(user)\",\"aud\":\"x\",\"access\":[]}", "signature"]
        let token = parts.map {
            Data($0.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }.joined(separator: ".")
        return (.ok, ["Content-Type": "application/json"], "{\"access_token\":\"\(token)\",\"token\":\"\(token)\"}")
    }
}
