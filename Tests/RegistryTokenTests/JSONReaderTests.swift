import Testing

@testable import RegistryToken
import TextFormats

@Suite("The JSON reader")
struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    @Test("reads every kind of value")
    func values() throws {
        let value = try read(#" {"a":[1,-2,3.5,1e2,true,false,null],"b":"x\"\\\/\n\u00e9\ud83d\ude00","c":{}} "#)
        #expect(
            value["a"]
                == .array([.integer(1), .integer(-2), .number(3.5), .number(100), .bool(true), .bool(false), .null]))
        #expect(value["b"] == .string("x\"\\/\né😀"))
        #expect(value["c"] == .object([]))
        #expect(try read("[]") == .array([]))
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "+1", "1e", "tru", "nulls", "\"a", "\"\n\"",
            "\"\\x\"", "\"\\u12\"", "[1] 2", "'a'", "NaN", "{\"a\" 1}", "1e999",
        ])
    func syntax(text: String) {
        #expect(throws: JSONRefusal.self) { try read(text) }
    }

    @Test("refuses repeated keys, lone surrogates, broken UTF-8 and deep nesting")
    func traps() {
        #expect(throws: JSONRefusal.duplicateKey("a")) { try read(#"{"a":1,"a":2}"#) }
        #expect(throws: JSONRefusal.duplicateKey("a")) { try read(#"{"a":1,"\u0061":2}"#) }
        #expect(throws: JSONRefusal.self) { try read(#""\ud83d""#) }
        #expect(throws: JSONRefusal.self) { try read(#""\ude00""#) }
        #expect(throws: JSONRefusal.notUnicode(offset: 1)) { try JSONReader.read([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONRefusal.tooDeep(limit: 16)) { try read(String(repeating: "[", count: 100_000)) }
    }

    @Test("reads back what JSONString writes")
    func roundTrip() throws {
        for text in ["", "a\"b\\c/d", "\u{0}\u{1F}\u{7F}", "zoë 😀", "\r\n\t"] {
            var bytes: [UInt8] = []
            JSONString.append(text, to: &bytes)
            #expect(try JSONReader.read(bytes) == .string(text))
        }
    }
}
