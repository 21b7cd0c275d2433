import BundleConfig
import Foundation
import HTTPService
import Logging
import Testing

@testable import AuthWorker

/// A folder of a test's own for programs and files, and the back-ends that are made of its sections.
struct BackendFolder {
    let path: String

    init() throws {
        path = "\(NSTemporaryDirectory())dockmaster-backends-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    /// A shell program.
    func program(_ name: String, _ body: String) throws -> String {
        try write(name, "#!/bin/sh\n\(body)\n", mode: 0o700)
    }

    func text(_ name: String) -> String {
        (try? String(contentsOf: URL(filePath: "\(path)/\(name)"), encoding: .utf8)) ?? ""
    }

    /// Whole settings with these sections and nothing else.
    static func settings(_ sections: String) throws -> AuthSettings {
        try AuthSettings(
            try .parse(
                """
                server: {addr: ":5001"}
                token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
                key: \(TestKeys.folder)/p256.key}
                \(sections)
                """, file: "auth.yml"))
    }

    /// What is wrong with these sections, as text.
    static func problems(_ sections: String) -> String {
        do {
            return try settings(sections).warnings.joined(separator: "\n")
        } catch {
            return "\(error)"
        }
    }

    static func state(_ sections: String) throws -> AuthState {
        AuthState(try settings(sections), pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
    }
}

extension AuthState {
    /// What the first back-end that knows the account says.
    func signIn(_ account: String, _ password: String) async -> SignInOutcome {
        switch await identify(account, password: Array(password.utf8)) {
        case .identified(let identity): .signedIn(labels: identity.labels)
        case .refused(let outcome, by: _): outcome
        }
    }

    /// What an account may do on a repository, or why nobody knows.
    func actions(_ account: String, _ name: String, labels: Labels = .none) async -> Result<[String], BackendFailure> {
        do throws(BackendFailure) {
            return .success(
                try await authorize(
                    AccessRequest(
                        account: account, type: "repository", name: name, service: "s",
                        address: IPAddress("10.0.0.7"), actions: ["pull", "push"], labels: labels)
                ).allowed)
        } catch {
            return .failure(error)
        }
    }
}
