import BundleConfig
import Testing

@testable import CertificateWorker

@Suite("On the wire")
struct WireTests {
    @Test("Retry-After is seconds or a date, and never more than a day")
    func retryAfter() {
        #expect(RetryAfter.seconds("120", now: 0) == 120)
        #expect(RetryAfter.seconds("Thu, 01 Jan 1970 00:01:40 GMT", now: 40) == 60)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_770) == 7)
        #expect(RetryAfter.seconds("Thu, 01 Jan 1970 00:01:40 GMT", now: 1_000) == 0)
        #expect(RetryAfter.seconds("999999999", now: 0) == 86_400)
        for text in [nil, "", "soon", "Thu, 01 Foo 1970 00:01:40 GMT"] {
            #expect(RetryAfter.seconds(text, now: 0) == nil)
        }
    }

    @Test("bytes are base64url without padding")
    func base64() {
        #expect(Base64URL.text([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.bytes("-_8") == [0xFB, 0xFF])
        #expect(Base64URL.bytes("-_8=") == [0xFB, 0xFF])
        #expect(Base64URL.bytes("a") == nil)
        #expect(Base64URL.bytes("a b") == nil)
    }

    @Test("an account's key is told of by its thumbprint alone")
    func key() throws {
        let key = AccountKey()
        let again = try #require(AccountKey(pem: key.pem.reveal()))
        #expect(again.thumbprint == key.thumbprint && key.thumbprint.utf8.count == 43)
        #expect(key.authorization(for: "t") == "t.\(key.thumbprint)")
        var shown = ""
        dump(key, to: &shown)
        #expect(!shown.contains("PRIVATE") && shown.contains(key.thumbprint))
        #expect(AccountKey(pem: "") == nil)
    }

    @Test("a problem's words stay on one line and have an end")
    func problem() {
        let parts = (0..<9).map { number in
            ACMEProblem.Part(
                type: "urn:ietf:params:acme:error:dns", detail: "no\nname", identifier: .init(value: "\(number).test"))
        }
        let problem = ACMEProblem(
            type: "urn:ietf:params:acme:error:compound", detail: String(repeating: "x", count: 9_000),
            subproblems: parts)
        #expect(problem.words.hasPrefix("compound: xxx") && problem.words.count < 600)
        #expect(problem.words.hasSuffix("(0.test: dns: no name; 1.test: dns: no name; 2.test: dns: no name)"))
        #expect(ACMEProblem().words == "a problem without a name")
    }

    @Test("a URL that is not https is not asked")
    func urls() {
        for url in ["http://ca.test/", "https://ca.test/\r\nX: y", "", "file:///etc/passwd"] {
            #expect(throws: ACMEFailure.self) { try ACMEClient.check(url) }
        }
    }
}
