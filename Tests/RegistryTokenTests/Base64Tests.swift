import Foundation
import Testing

@testable import RegistryToken

@Suite("Base64")
struct Base64Tests {
    @Test("writes what Foundation writes and reads it back")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            let text = Base64.text(bytes, as: .standard)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.bytes(of: Array(text.utf8), as: .standard) == bytes)
            let url = Base64.text(bytes, as: .url)
            #expect(!url.contains { "+/=".contains($0) })
            #expect(Base64.bytes(of: Array(url.utf8), as: .url) == bytes)
        }
    }

    @Test("refuses stray characters, wrong padding and bits that nothing stands for")
    func strictness() {
        for text in ["A", "AB", "AB=", "AB==C", "A===", "AA==\n", "AB==", "A-==", "====", "AAAAA==="] {
            #expect(Base64.bytes(of: Array(text.utf8), as: .standard) == nil, "\(text)")
        }
        for text in ["A", "AB==", "A+A", "A A", "AB"] {
            #expect(Base64.bytes(of: Array(text.utf8), as: .url) == nil, "\(text)")
        }
    }
}
