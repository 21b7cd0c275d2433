internal import HTTPTypes

/// The pages of a sign-in by browser. Everything that is not ours is escaped; no script runs on them, and none is kept.
enum SignInPage {
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static func link(to url: String, _ settings: BrowserSettings) -> OutgoingAnswer {
        let name = settings.provider.split(separator: "_").first ?? ""
        let organization = settings.organization.map { " to <code>@\(escaped($0))</code>" } ?? ""
        let revocation = settings.revocation.map {
            """
                <p>
                  <a id="revoke-access" href="\(escaped($0))">Revoke access</a>
                </p>

            """
        }
        return page(
            """
              <div id="panel">
                <p>
                  <a id="login-with-\(name)" href="\(escaped(url))">
                    Login\(organization) with \(escaped(settings.title))
                  </a>
                </p>
            \(revocation ?? "")  </div>
            """)
    }

    static func password(_ password: String, of account: String, _ settings: BrowserSettings) -> OutgoingAnswer {
        let registry = settings.registry.map { " \(quoted($0))" } ?? ""
        let commands = ["docker", "podman", "nerdctl"].map { program in
            let command = "\(program) login -u \(quoted(account)) -p \(password)\(registry)"
            return "  <pre class=\"command\"><span>$ </span>\(escaped(command))</pre>"
        }
        return page(
            """
              <p class="message">
                You are successfully authenticated for the Docker Registry.
                Log into the registry using one of these commands:
              </p>
              <hr>
            \(commands.joined(separator: "\n"))
              <hr>
              <p class="message">
                The password is shown once. It takes the place of the one before.
              </p>
            """)
    }

    /// Not to be kept, framed, sniffed, or told to the next page.
    static func protect(_ answer: inout OutgoingAnswer) {
        for (name, value) in [
            ("Cache-Control", "no-store"), ("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ] {
            if let name = HTTPField.Name(name) { answer.headers[name] = value }
        }
    }

    private static func page(_ body: String) -> OutgoingAnswer {
        var answer = OutgoingAnswer.html(
            """
            <!doctype html>

            <html>
            <head>
              <meta charset="utf-8">
              <title>Docker Registry Authentication</title>
              <style>
                body { font-family: sans-serif; padding: 4em; color: #000; background: #fff; }
                #panel p { text-align: center; }
                #revoke-access { color: #666; font-size: 0.8em; }
                .command span { color: #666; }
              </style>
            </head>

            <body>
            \(body)
            </body>
            </html>

            """)
        protect(&answer)
        return answer
    }

    /// For a text or an attribute in quotation marks.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&#34;").replacing("'", with: "&#39;")
    }

    /// As a word of a shell.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x3A)
                    || "@._+-/".utf8.contains($0)
            }
        return isPlain && !text.hasPrefix("-") ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }
}
