import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("A running digest")
struct ContentHashTests {
    private func hash(_ bytes: [UInt8], _ algorithm: DigestAlgorithm) -> ContentHash {
        var hash = ContentHash(algorithm)
        bytes.withUnsafeBytes { hash.update($0) }
        return hash
    }

    @Test("gives the digests of the standard")
    func vectors() {
        #expect(
            ContentHash.digest(of: Array("abc".utf8))?.hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            ContentHash.digest(of: [])?.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            ContentHash.digest(of: Array("abc".utf8), .sha512)?.hex
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }

    @Test("saves its state in Go's form")
    func form() {
        // Before any input the words are the initial values of FIPS 180-4.
        let state = ContentHash(.sha256).state
        #expect(state.count == 108)
        #expect(Array(state[..<8]) == Array("sha".utf8) + [3, 0x6a, 0x09, 0xe6, 0x67])
        #expect(state[8...].prefix(4).elementsEqual([0xbb, 0x67, 0xae, 0x85]))
        #expect(state.suffix(72).allSatisfy { $0 == 0 })
        let three = hash(Array("abc".utf8), .sha256).state
        #expect(three[36..<40].elementsEqual(Array("abc".utf8) + [0]))
        #expect(three.suffix(8).elementsEqual([0, 0, 0, 0, 0, 0, 0, 3]))
        let long = ContentHash(.sha512).state
        #expect(long.count == 204)
        #expect(Array(long[..<8]) == Array("sha".utf8) + [7, 0x6a, 0x09, 0xe6, 0x67])
    }

    @Test("goes on from a saved state at every offset", arguments: DigestAlgorithm.allCases)
    func resumed(algorithm: DigestAlgorithm) throws {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let whole = hash(bytes, algorithm).digest()
        for offset in 0...bytes.count {
            let saved = hash(Array(bytes[..<offset]), algorithm).state
            var later = try #require(ContentHash(algorithm, state: saved))
            #expect(later.count == offset)
            Array(bytes[offset...]).withUnsafeBytes { later.update($0) }
            #expect(later.digest() == whole)
        }
    }

    @Test("takes no state that is damaged")
    func damaged() {
        let state = ContentHash(.sha256).state
        #expect(ContentHash(.sha256, state: Array(state.dropLast())) == nil)
        #expect(ContentHash(.sha512, state: state) == nil)
        #expect(ContentHash(.sha256, state: [0] + state.dropFirst()) == nil)
        #expect(ContentHash(.sha256, state: state.dropLast(8) + [UInt8](repeating: 0xFF, count: 8)) == nil)
        #expect(ContentHash(.sha256, state: []) == nil)
    }
}
