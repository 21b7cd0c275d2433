import BundleConfig
import BundleLog
import Foundation
import Logging
import NIOSSL
import Testing

@testable import RegistryWorker

@Suite("A mail hook")
struct MailTests {
    private func settings(_ server: MailServer, user: String = "", insecure: Bool = false) throws -> MailSettings {
        var settings = MailSettings(
            host: "localhost", port: server.port, from: "registry@a.test", to: ["x@b.test", "y@b.test"])
        settings.levels = [.error, .critical]
        settings.username = user
        settings.password = Secret("hunter2")
        settings.isInsecure = insecure
        settings.trust.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(server.certificate))
        return settings
    }

    private func entry(_ text: String, _ level: Logger.Level = .error, event: String = "x") -> ObservedLog {
        ObservedLog(time: "2026-11-24T00:00:00Z", level: level, message: text, fields: ["event": event, "user": "bob"])
    }

    private func hook(_ settings: MailSettings, limit: Int = 500) -> MailHook {
        MailHook(
            settings, gathering: .milliseconds(50), pause: .milliseconds(50), limit: limit,
            retry: RetryPolicy(threshold: 1, backoff: .milliseconds(20)))
    }

    @Test("sends what comes together as one mail, of its levels alone, over STARTTLS with the password")
    func startTLS() async throws {
        let server = try MailServer("starttls")
        defer { server.stop() }
        let hook = hook(try settings(server, user: "me"))
        for number in 0..<20 { hook.take(entry("the disk failed \(number)")) }
        hook.take(entry("all is well", .info))
        hook.take(entry("cannot mail", event: "mail_failed"))
        hook.start()
        #expect(await eventually { server.heard.contains("QUIT") })
        await hook.stop()
        let heard = server.heard
        #expect(server.mails.count == 1)
        #expect(server.mails[0].split(separator: "\n").count == 60)
        #expect(server.mails[0].contains("the disk failed 19\n    event: x\n    user: bob"))
        #expect(!server.mails[0].contains("all is well") && !server.mails[0].contains("cannot mail"))
        let secret = Data("\0me\0hunter2".utf8).base64EncodedString()
        #expect(heard.contains("\ntls AUTH PLAIN \(secret)\n") && !heard.contains("\nAUTH"))
        #expect(heard.contains("tls MAIL FROM:<registry@a.test>\ntls RCPT TO:<x@b.test>\ntls RCPT TO:<y@b.test>"))
        #expect(heard.contains("(and 19 more)"))
    }

    @Test("never sends the password without TLS, unless it is told to")
    func plain() async throws {
        let server = try MailServer("plain")
        defer { server.stop() }
        let refusal = await #expect(throws: SMTPClient.Refusal.self) {
            try await SMTPClient.send([], settings(server, user: "me"), hostName: "h")
        }
        #expect(refusal?.words.contains("offers no TLS") == true)
        #expect(!server.heard.contains("AUTH"))
        try await SMTPClient.send(
            Array("A: b\r\n\r\nc\r\n".utf8), settings(server, user: "me", insecure: true), hostName: "h")
        #expect(server.heard.contains("AUTH PLAIN"))
        try await SMTPClient.send(Array("A: b\r\n\r\nc\r\n".utf8), settings(server), hostName: "h")
    }

    @Test("believes no certificate that it cannot verify")
    func untrusted() async throws {
        let server = try MailServer("starttls")
        defer { server.stop() }
        var settings = try settings(server, user: "me")
        settings.trust = .makeClientConfiguration()
        await #expect(throws: SMTPClient.Refusal.self) { try await SMTPClient.send([], settings, hostName: "h") }
        #expect(!server.heard.contains("AUTH") && !server.heard.contains("MAIL"))
    }

    @Test("keeps what a server refuses, tries again, and counts what finds it full")
    func refused() async throws {
        let server = try MailServer("refuse")
        let hook = hook(try settings(server), limit: 3)
        for number in 0..<5 { hook.take(entry("fault \(number)")) }
        hook.start()
        #expect(await eventually { server.heard.components(separatedBy: "RCPT").count > 3 })
        await hook.stop()
        server.stop()
    }

    @Test("lets nothing out of an entry into the headers or past the end of the mail")
    func injection() throws {
        let message = MailMessage(
            from: "a@b", to: ["c@d"], hostName: "h\r\nX: y", date: "d",
            entries: [
                .init(
                    time: "t", level: "error", message: "boom\r\nBcc: evil@x\r\n\r\n.\r\nQUIT é",
                    fields: ["k": "\r\n.\r\n"])
            ], omitted: 2)
        let text = String(decoding: message.bytes, as: UTF8.self)
        let headers = text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
        #expect(
            headers.map { $0.split(separator: ":")[0] } == [
                "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 500 && !$0.hasPrefix(".") })
        #expect(message.subject == "[registry on h??X: y] error: boom??Bcc: evil@x????.??QUIT ? (and 2 more)")
    }

    @Test("is read from distribution's keys", arguments: ["mail:25", "mail", "[::1]:465"])
    func reading(address: String) throws {
        let hooks = try MailReader.read(
            ConfigurationNode.parse(
                """
                - {type: mail, disabled: true}
                - type: mail
                  levels: [panic, error, warn]
                  options: {smtp: {addr: "\(address)", username: u, password: p, insecure: true}, from: a@b, to: [c@d]}
                """, file: nil))
        let hook = try #require(hooks.first)
        #expect(hooks.count == 1 && hook.levels == [.critical, .error, .warning] && hook.isInsecure)
        #expect(hook.isImplicitTLS == address.hasSuffix("465") && hook.port != 0)
        #expect(!"\(hook)".contains("Secret(text"))
    }

    @Test(
        "is refused with the key that is wrong",
        arguments: [
            ("[{type: slack}]", "[0].type: is no hook"), ("[{type: mail}]", "[0]: has no options.smtp.addr"),
            (
                "[{type: mail, options: {smtp: {addr: a}, from: \"a@b\\r\\nX: y\", to: [c@d]}}]",
                "from: is no mail address"
            ),
            ("[{type: mail, options: {smtp: {addr: a}, from: a@b, to: [\"c@d>,<e@f\"]}}]", "to[0]: is no mail address"),
            ("[{type: mail, options: {smtp: {addr: a}, from: a@b, to: []}}]", "to: names nobody"),
            (
                "[{type: mail, levels: [loud], options: {smtp: {addr: a}, from: a@b, to: [c@d]}}]",
                "levels[0]: is no level"
            ),
        ])
    func faults(text: String, expected: String) {
        let error = #expect(throws: ConfigurationErrors.self) {
            try MailReader.read(ConfigurationNode.parse(text, file: nil))
        }
        let sentences = error?.errors.map(\.description).joined(separator: "\n") ?? ""
        #expect(sentences.contains(expected), "\(sentences)")
    }
}
