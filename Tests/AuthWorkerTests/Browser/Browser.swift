import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

/// Somebody's browser: keeps cookies as one does, and presses the page's link.
final class Browser {
    let service: AuthService
    let provider: FakeProvider
    private(set) var cookies: [String: String] = [:]

    init(_ service: AuthService, _ provider: FakeProvider) {
        self.service = service
        self.provider = provider
    }

    func open(_ target: String, method: String = "GET", body: String = "") async -> OutgoingAnswer {
        var headers = HTTPFields()
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        let answer = await service.answer(
            IncomingRequest(
                method: method, target: target, headers: headers, body: Array(body.utf8), authority: "127.0.0.1"),
            logger: Logger(label: "test"))
        for line in answer.headers[values: .setCookie] {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isGone = line.contains("Max-Age=0")
            cookies[String(pair[0])] = isGone ? nil : String(pair[1])
        }
        return answer
    }

    /// The query of the address that the page leads to.
    func press(_ page: OutgoingAnswer) throws -> FormValues {
        let address = try Self.link(page)
        return FormValues(address.drop { $0 != "?" }.dropFirst().utf8)
    }

    static func link(_ page: OutgoingAnswer) throws -> String {
        let text = page.text
        let start = try #require(text.firstRange(of: "href=\"")).upperBound
        let address = text[start...].prefix { $0 != "\"" }
        return String(address).replacing("&amp;", with: "&")
    }

    /// From our page to the provider and back.
    func signIn(_ path: String = "/oidc_auth") async throws -> OutgoingAnswer {
        let form = try press(await open(path))
        let code = provider.agree(form)
        return await open("\(path)?code=\(code)&state=\(form.first("state"))")
    }
}

extension OutgoingAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The password of a page that shows one.
    var password: String? {
        text.firstRange(of: " -p ").map { String(text[$0.upperBound...].prefix { $0 != " " && $0 != "<" }) }
    }
}
