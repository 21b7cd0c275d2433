import Foundation

/// The registry's protocol by hand, through curl: what a client does, in single steps.
struct CurlClient: Sendable {
    let bundle: RunningBundle
    let user: String
    let password: String

    init(_ bundle: RunningBundle, user: String = "admin", password: String = RunningBundle.adminPassword) {
        self.bundle = bundle
        self.user = user
        self.password = password
    }

    /// The fields of the Bearer challenge that a path is refused with.
    func challenge(_ path: String, options: String = "") async throws -> [String: String] {
        let answer = try await Shell.check("\(bundle.curl) -o /dev/null -D - \(options) \(bundle.url)\(path)")
        let header = answer.output.split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("www-authenticate: bearer ") }
        guard let header else { throw BundleTestError.failed(answer) }
        return Dictionary(
            header.matches(of: /([a-z]+)="([^"]*)"/).map { (String($0.1), String($0.2)) }, uniquingKeysWith: { $1 })
    }

    /// Asks the challenge's realm for a token; nil when it is refused.
    func token(scope: String?) async throws -> String? {
        let challenge = try await challenge("/v2/")
        let realm = challenge["realm"] ?? ""
        let service = challenge["service"] ?? ""
        let query = scope.map { "--data-urlencode 'scope=\($0)'" } ?? ""
        let answer = try await Shell.run(
            "\(bundle.curl) -f -G -u '\(user):\(password)' --data-urlencode 'service=\(service)' \(query) '\(realm)'")
        guard answer.succeeded else { return nil }
        let body = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
        return body?["token"] as? String
    }

    func requireToken(_ repository: String, _ actions: String = "pull,push") async throws -> String {
        guard let token = try await token(scope: "repository:\(repository):\(actions)") else {
            throw BundleTestError.absent("a token for \(user) on \(repository)")
        }
        return token
    }

    /// The script that uploads a file as one blob: POST, then PUT of the whole; prints the last status code.
    func uploadScript(_ file: String, to repository: String, token: String, rate: String? = nil) -> String {
        let limit = rate.map { "--limit-rate \($0)" } ?? ""
        return """
            digest=sha256:$(sha256sum '\(file)' | cut -d' ' -f1)
            location=$(\(bundle.curl) -f -o /dev/null -D - -X POST -H 'Content-Length: 0' \
            -H 'Authorization: Bearer \(token)' \(bundle.url)/v2/\(repository)/blobs/uploads/ |
            tr -d '\\r' | sed -n 's/^location: //Ip')
            case "$location" in http*) ;; *) location="\(bundle.url)$location";; esac
            case "$location" in *\\?*) location="$location&digest=$digest";; *) location="$location?digest=$digest";; esac
            \(bundle.curl) -o /dev/null -w '%{http_code}' \(limit) -H 'Authorization: Bearer \(token)' -H 'Expect:' \
            -H 'Content-Type: application/octet-stream' -T '\(file)' "$location"
            """
    }

    /// Uploads a blob and returns its digest.
    func upload(_ file: String, to repository: String, token: String) async throws -> String {
        let result = try await Shell.check(uploadScript(file, to: repository, token: token))
        guard result.output == "201" else { throw BundleTestError.failed(result) }
        let sum = try await Shell.check("sha256sum '\(file)'")
        return "sha256:" + sum.output.prefix(64)
    }

    /// The status of a request.
    func status(_ path: String, token: String? = nil, options: String = "") async throws -> String {
        let authorization = token.map { "-H 'Authorization: Bearer \($0)'" } ?? ""
        return try await Shell.run(
            "\(bundle.curl) -o /dev/null -w '%{http_code}' \(authorization) \(options) \(bundle.url)\(path)"
        ).output
    }
}
