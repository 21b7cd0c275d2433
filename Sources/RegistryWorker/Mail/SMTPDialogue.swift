import BundleConfig

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One mail's conversation with its server, as a state machine without a clock or a socket.
/// - Source: RFC 5321; RFC 3207 (STARTTLS); RFC 4616 (PLAIN).
struct SMTPDialogue: Sendable {
    enum Event: Sendable, Equatable {
        /// A whole answer: its code, and the texts of its lines.
        case reply(Int, [String])
        case tlsEstablished
        case closed
    }

    enum Action: Sendable, Equatable {
        /// A line, without its end.
        case send(String)
        case sendMessage
        case startTLS
        /// The mail is accepted; the connection may be closed.
        case finish
        case fail(String)
    }

    enum State: Sendable, Equatable {
        case greeting
        case hello(isTLS: Bool)
        case upgrading
        case handshake
        case authenticating
        case sender
        case receiver(Int)
        case data
        case message
        case over
    }

    private(set) var state = State.greeting
    private let settings: MailSettings
    private let hostName: String

    init(_ settings: MailSettings, hostName: String) {
        self.settings = settings
        let isName = !hostName.isEmpty && hostName.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        self.hostName = isName ? hostName : "localhost"
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.over, _): return []
        case (_, .closed): return fail("it closed the connection")
        case (.greeting, .reply(220, _)):
            state = .hello(isTLS: settings.isImplicitTLS)
            return [.send("EHLO \(hostName)")]
        case (.hello(let isTLS), .reply(250, let lines)):
            return greet(isTLS: isTLS, offers: lines.map { $0.uppercased() })
        case (.upgrading, .reply(220, _)):
            state = .handshake
            return [.startTLS]
        case (.handshake, .tlsEstablished):
            // What was offered before TLS is not to be believed.
            state = .hello(isTLS: true)
            return [.send("EHLO \(hostName)")]
        case (.authenticating, .reply(235, _)): return begin()
        case (.authenticating, .reply(let code, _)): return fail("it refuses the user name or password (\(code))")
        case (.sender, .reply(250, _)): return name(receiver: 0)
        case (.receiver(let index), .reply(250...251, _)):
            if index + 1 < settings.to.count { return name(receiver: index + 1) }
            state = .data
            return [.send("DATA")]
        case (.data, .reply(354, _)):
            state = .message
            return [.sendMessage]
        case (.message, .reply(250, _)):
            state = .over
            return [.send("QUIT"), .finish]
        case (_, .reply(let code, let lines)): return fail("it answers \(code) \(Self.shown(lines))")
        case (.greeting, .tlsEstablished): return []
        case (_, .tlsEstablished): return fail("TLS began out of turn")
        }
    }

    private mutating func greet(isTLS: Bool, offers: [String]) -> [Action] {
        if !isTLS && offers.contains("STARTTLS") {
            state = .upgrading
            return [.send("STARTTLS")]
        }
        guard !settings.username.isEmpty else { return begin() }
        guard isTLS || settings.isInsecure else {
            return fail("it offers no TLS, without which the password is not sent (smtp.insecure: true would send it)")
        }
        guard offers.contains(where: { $0.hasPrefix("AUTH") && $0.split(separator: " ").contains("PLAIN") }) else {
            return fail("it does not offer AUTH PLAIN")
        }
        state = .authenticating
        let credentials = "\0\(settings.username)\0\(settings.password.reveal())"
        return [.send("AUTH PLAIN \(Data(credentials.utf8).base64EncodedString())")]
    }

    private mutating func begin() -> [Action] {
        state = .sender
        return [.send("MAIL FROM:<\(settings.from)>")]
    }

    private mutating func name(receiver index: Int) -> [Action] {
        state = .receiver(index)
        return [.send("RCPT TO:<\(settings.to[index])>")]
    }

    private mutating func fail(_ problem: String) -> [Action] {
        state = .over
        return [.fail(problem)]
    }

    /// What a server says, as a log may hold it.
    private static func shown(_ lines: [String]) -> String {
        String(lines.joined(separator: " ").prefix(200).map { $0.isASCII && $0 >= " " ? $0 : "?" })
    }
}
