import HTTPService
import Testing

@testable import AuthWorker

@Suite("A token request")
struct RequestParsingTests {
    @Test("reads queries as Go does")
    func queries() {
        let form = FormValues("a=1&b=%20x+y&a=2&c&=d&e=%zz&f;g=1&&h=%C3%A9".utf8)
        #expect(form.all("a") == ["1", "2"])
        #expect(form.first("b") == " x y")
        #expect(form.all("c") == [""])
        #expect(form.all("") == ["d"])
        #expect(form.all("e").isEmpty)
        #expect(form.all("g").isEmpty)
        #expect(form.first("h") == "é")
    }

    @Test("quotes as Go does")
    func quoting() {
        #expect("a\"b\\c\n\u{7F}é\u{200B}\u{1F600}\u{A0}".goQuoted == #""a\"b\\c\n\x7fé\u200b😀\u00a0""#)
    }

    @Test("reads Basic credentials, or none")
    func basic() {
        #expect(BasicCredentials("Basic dGVzdDoxMjM6NA==")?.user == "test")
        #expect(BasicCredentials("bAsIc dGVzdDoxMjM6NA==")?.password == Array("123:4".utf8))
        for header in [nil, "", "Basic", "Basic ", "Basic YWRtaW4=", "Basic %%%", "Bearer abc", "Basic dGVzdDoxMjM"] {
            #expect(BasicCredentials(header) == nil, "\(header ?? "nil")")
        }
    }

    @Test(
        "reads client addresses with and without ports",
        arguments: [
            ("203.0.113.5", "203.0.113.5"), ("203.0.113.5:1234", "203.0.113.5"), ("2001:DB8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:db8::5:1", "2001:db8::5:1"),
        ])
    func addresses(text: String, expected: String) throws {
        #expect(try ClientAddress.parse(text).description == expected)
    }

    @Test(
        "refuses what is no address",
        arguments: ["", "@", "unknown", "10.0.0.256", "010.0.0.1", "[::1]", "fe80::1%eth0", "1.2.3.4:x", "1.2.3", ":1"])
    func badAddresses(text: String) {
        #expect(throws: BadRequest.self) { try ClientAddress.parse(text) }
    }

    @Test("survives twenty thousand random scopes, forms and headers")
    func fuzz() {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("aZ09:/(),= %&+;*[]\\\"\u{0}é😀\n".unicodeScalars)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                if let scalar = alphabet.randomElement(using: &generator) { text.unicodeScalars.append(scalar) }
            }
            _ = try? ScopeRequest.read([text])
            _ = FormValues(text.utf8)
            _ = BasicCredentials("Basic \(text)")
            _ = try? ClientAddress.parse(text)
            _ = PathPattern.matches(Array(text.utf8), Array("team/app".utf8))
            _ = text.goQuoted
        }
    }
}
