internal import Crypto
internal import RegistryToken
internal import TextFormats

/// What is kept of an account that has signed in by a browser: its docker password's hash, and what its provider gave us to ask
/// again with. As JSON it is what docker_auth keeps in its token databases, so that the two can share one.
/// - Source: docker_auth, TokenDBValue.
struct SignInRecord: Sendable, Equatable {
    var tokenType = "Bearer"
    var accessToken = ""
    /// Empty where the provider gives none.
    var refreshToken = ""
    /// Seconds since 1970; afterwards the provider is asked again.
    var validUntil: Int64 = 0
    /// bcrypt.
    var passwordHash = ""
    var labels = Labels.none
    /// The provider's own name of the person (`sub`), which never changes; empty where there is none.
    var subject = ""

    init() {}

    init?(json text: String) {
        guard let value = try? JSONReader.read(Array(text.utf8)), value.members != nil,
            let hash = value["docker_password"]?.string, let labels = Labels(json: value["labels"])
        else { return nil }
        tokenType = value["token_type"]?.string ?? tokenType
        accessToken = value["access_token"]?.string ?? ""
        refreshToken = value["refresh_token"]?.string ?? ""
        validUntil = value["valid_until"]?.string.flatMap { UTCTime(rfc3339: $0) }.map { Int64($0.seconds) } ?? 0
        passwordHash = hash
        self.labels = labels
        subject = value["subject"]?.string ?? ""
    }

    var json: String {
        let fields = [
            ("token_type", tokenType), ("access_token", accessToken), ("refresh_token", refreshToken),
            ("valid_until", UTCTime(seconds: Int(validUntil)).rfc3339), ("docker_password", passwordHash),
            ("subject", subject),
        ]
        var text = "{"
        for (name, value) in fields where !value.isEmpty { text += "\"\(name)\":\(JSONString.quoted(value))," }
        return text + "\"labels\":\(labels.json)}"
    }

    /// A password for docker: 192 random bits.
    static func makePassword() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return Base64.text(bytes, as: .url)
    }
}
