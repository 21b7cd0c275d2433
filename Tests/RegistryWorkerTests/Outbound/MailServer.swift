import Foundation
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

/// An SMTP server (Python's socketserver) that keeps what it hears in a file.
///
/// `@unchecked Sendable`: nothing of it changes once it is made.
final class MailServer: @unchecked Sendable {
    let folder = "/tmp/dockmaster-mail-\(getpid())-\(UploadID())"
    let port: Int
    private let pid: pid_t
    private let process: UnsafeMutablePointer<FILE>

    var certificate: String { folder + "/cert.pem" }
    /// The commands and mails, a line each.
    var heard: String { (try? String(contentsOfFile: folder + "/heard", encoding: .utf8)) ?? "" }
    /// The texts of the mails, decoded.
    var mails: [String] {
        heard.components(separatedBy: "DATA\n").dropFirst().compactMap { mail in
            let parts = mail.components(separatedBy: "\n\n")
            guard parts.count > 1 else { return nil }
            let text = parts[1].split(separator: "\n").prefix { $0 != "." }.joined()
            return Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// - Parameter mode: `plain`, `starttls`, `tls`, or `refuse` (every receiver).
    init(_ mode: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in [
            ("server.py", Self.script), ("cert.pem", Self.certificateText), ("key.pem", Self.keyText),
        ] {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        // Foundation's Process waits on threads that the tests need.
        let output = try #require(popen("exec python3 \(folder)/server.py \(mode) \(folder)", "re"))
        process = output
        var line = [CChar](repeating: 0, count: 64)
        try #require(fgets(&line, CInt(line.count), output) != nil)
        let numbers = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(numbers.count == 2)
        port = numbers[0]
        pid = pid_t(numbers[1])
    }

    func stop() {
        kill(pid, SIGKILL)
        pclose(process)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Of localhost, for a hundred years, and for these tests alone.
    private static let certificateText = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUfohvgmW0zRzJbmSGsVdkbRgSTqkwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTAwMTQ0NVoYDzIxMjYxMTAx
        MDAxNDQ1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQ3H/VrQqoTQCYOIe3ON+2hycADpTnrnv0OVnzAncYv4xrPZeWvqGs7
        LhaCys4wly/S9/gCW4fGzlnQ9cvcijPmo2kwZzAdBgNVHQ4EFgQUYtyFoaxeeg38
        UnmE3bxtsluXz5cwHwYDVR0jBBgwFoAUYtyFoaxeeg38UnmE3bxtsluXz5cwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SQAwRgIhAPQ7X58bkdDRFaDxcX9xsvd+YubZoba6yfAeXTK9ULCrAiEAlvx1VXCH
        xZMQbmnmPyRh3nWOTGO8KN3lBFXMYLtanQ4=
        -----END CERTIFICATE-----
        """

    private static let keyText = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWiZVIEpShtHt7p/2
        XZD+N1RZdSlt7tG4E51ywST1xqehRANCAAQ3H/VrQqoTQCYOIe3ON+2hycADpTnr
        nv0OVnzAncYv4xrPZeWvqGs7LhaCys4wly/S9/gCW4fGzlnQ9cvcijPm
        -----END PRIVATE KEY-----
        """

    private static let script = """
        import os, socketserver, ssl, sys
        mode, folder = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
        def note(text):
            with open(folder + "/heard", "a") as f: f.write(text + "\\n")
        class Mail(socketserver.BaseRequestHandler):
            def say(self, text): self.sock.sendall(text.encode() + b"\\r\\n")
            def line(self):
                text = b""
                while not text.endswith(b"\\n"):
                    byte = self.sock.recv(1)
                    if not byte: return None
                    text += byte
                return text.decode().rstrip("\\r\\n")
            def handle(self):
                self.sock, secure = self.request, False
                if mode == "tls": self.sock, secure = context.wrap_socket(self.sock, server_side=True), True
                self.say("220 ready")
                while (line := self.line()) is not None:
                    note(("tls " if secure else "") + line)
                    verb = line.split(":")[0].upper()
                    if verb.startswith("EHLO"):
                        self.say("250-hello")
                        if mode == "starttls" and not secure: self.say("250-STARTTLS")
                        self.say("250 AUTH LOGIN PLAIN")
                    elif verb == "STARTTLS":
                        self.say("220 go"); self.sock, secure = context.wrap_socket(self.sock, server_side=True), True
                    elif verb.startswith("AUTH"): self.say("235 fine")
                    elif verb == "RCPT TO" and mode == "refuse": self.say("550 nobody here")
                    elif verb == "DATA":
                        self.say("354 go on")
                        while (text := self.line()) != ".": note(text)
                        note("."); self.say("250 taken")
                    elif verb == "QUIT": self.say("221 bye"); return
                    else: self.say("250 fine")
        class Server(socketserver.ThreadingTCPServer): daemon_threads = True
        with Server(("127.0.0.1", 0), Mail) as server:
            print(server.server_address[1], os.getpid(), flush=True)
            server.serve_forever()
        """
}
