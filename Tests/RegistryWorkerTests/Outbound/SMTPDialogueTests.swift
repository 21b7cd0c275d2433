import BundleConfig
import Testing

@testable import RegistryWorker

@Suite("A conversation with a mail server")
struct SMTPDialogueTests {
    private func dialogue(_ user: String = "", port: Int = 25) -> SMTPDialogue {
        var settings = MailSettings(host: "m", port: port, from: "a@b", to: ["c@d"])
        settings.username = user
        return SMTPDialogue(settings, hostName: "h")
    }

    @Test("asks again what is offered once TLS is there, and finishes when the mail is taken")
    func whole() {
        var dialogue = dialogue("u")
        #expect(dialogue.handle(.reply(220, [""])) == [.send("EHLO h")])
        #expect(dialogue.handle(.reply(250, ["m", "starttls", "AUTH PLAIN"])) == [.send("STARTTLS")])
        #expect(dialogue.handle(.reply(220, [""])) == [.startTLS])
        #expect(dialogue.handle(.tlsEstablished) == [.send("EHLO h")])
        #expect(dialogue.handle(.reply(250, ["m", "AUTH PLAIN LOGIN"])) == [.send("AUTH PLAIN AHUA")])
        #expect(dialogue.handle(.reply(235, [""])) == [.send("MAIL FROM:<a@b>")])
        #expect(dialogue.handle(.reply(250, [""])) == [.send("RCPT TO:<c@d>")])
        #expect(dialogue.handle(.reply(250, [""])) == [.send("DATA")])
        #expect(dialogue.handle(.reply(354, [""])) == [.sendMessage])
        #expect(dialogue.handle(.reply(250, [""])) == [.send("QUIT"), .finish])
        #expect(dialogue.handle(.reply(221, [""])).isEmpty && dialogue.handle(.closed).isEmpty)
    }

    @Test("fails once, wherever the server refuses or goes away", arguments: 0..<5)
    func failures(step: Int) {
        for event in [SMTPDialogue.Event.closed, .reply(554, ["no\r\nway"]), .reply(421, ["later"])] {
            var dialogue = dialogue(port: 465)
            let replies: [SMTPDialogue.Event] = [
                .reply(220, []), .reply(250, []), .reply(250, []), .reply(250, []), .reply(354, []),
            ]
            for reply in replies.prefix(step) { _ = dialogue.handle(reply) }
            let actions = dialogue.handle(event)
            #expect(actions.count == 1)
            guard case .fail(let words)? = actions.first else { continue }
            #expect(!words.contains("\n"))
            #expect(dialogue.handle(.reply(250, [])).isEmpty)
        }
    }

    @Test("reads answers however they are cut", arguments: 1...20)
    func replies(size: Int) throws {
        let bytes = Array("250-first\r\n250-\r\n250 last\r\n220 x\n".utf8)
        var parser = SMTPReplyParser()
        var replies: [[String]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            for reply in try parser.add(bytes[start..<min(start + size, bytes.count)]) {
                replies.append(["\(reply.code)"] + reply.lines)
            }
        }
        #expect(replies == [["250", "first", "", "last"], ["220", "x"]])
        #expect(parser.isEmpty)
    }

    @Test("takes nothing else for an answer", arguments: ["hello\n", "99 x\n", "\n", "700 x\n"])
    func malformed(text: String) {
        var parser = SMTPReplyParser()
        #expect(throws: SMTPReplyParser.Malformed.self) { try parser.add(Array(text.utf8)) }
    }
}
