internal import NIOHTTP1
internal import NIOSSL
internal import RegistryToken
internal import TextFormats

/// Questions to an identity provider, answered in JSON.
struct ProviderHTTP: Sendable {
    struct Answer: Sendable {
        var status: Int
        /// Nil when the body is no JSON.
        var json: JSONValue?
        /// The address of the next page of a list, as `Link` says.
        var next: String?

        /// The error that an OAuth provider answers, in its own words but without anything that is no plain text.
        /// - Source: RFC 6749, section 5.2.
        var refusal: String? {
            guard let error = json?["error"]?.string else { return nil }
            let description = json?["error_description"]?.string ?? ""
            return Self.plain("\(error): \(description)")
        }

        private static func plain(_ text: String) -> String {
            String(
                String.UnicodeScalarView(
                    text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(300)))
        }
    }

    private static let sizeLimit = 1 << 20

    let time: Duration
    let trust: TLSConfiguration?

    /// - Parameter authorization: the header's value.
    func get(_ url: String, authorization: String) async throws(BackendFailure) -> Answer {
        try await exchange(BackendHTTP.Question(url: url, headers: [("authorization", authorization)]))
    }

    /// Sends a form.
    func post(
        _ url: String, _ form: [(String, String)], authorization: String? = nil
    ) async throws(BackendFailure) -> Answer {
        var question = BackendHTTP.Question(url: url, method: .POST)
        question.headers = [("content-type", "application/x-www-form-urlencoded")]
        if let authorization { question.headers.append(("authorization", authorization)) }
        question.body = Array(PercentEncoding.form(form).utf8)
        return try await exchange(question)
    }

    private func exchange(_ question: BackendHTTP.Question) async throws(BackendFailure) -> Answer {
        var question = question
        question.trust = trust
        // GitHub refuses who does not say what it is.
        question.headers += [("accept", "application/json"), ("user-agent", "dockmaster")]
        let answer = try await BackendHTTP.exchange(question, within: time, limit: Self.sizeLimit)
        if answer.status >= 500 { throw BackendFailure(problem: "it answered \(answer.status)", isOutage: true) }
        return Answer(
            status: answer.status, json: try? JSONReader.read(answer.body),
            next: answer.headers["link"].lazy.compactMap(Self.next).first)
    }

    /// `<https://api.github.com/user/teams?page=2>; rel="next", …`
    /// - Source: RFC 8288, section 3.
    static func next(_ link: String) -> String? {
        for entry in link.split(separator: ",") where entry.contains("rel=\"next\"") {
            guard let start = entry.firstIndex(of: "<"), let end = entry.firstIndex(of: ">"), start < end else {
                continue
            }
            return String(entry[entry.index(after: start)..<end])
        }
        return nil
    }
}
