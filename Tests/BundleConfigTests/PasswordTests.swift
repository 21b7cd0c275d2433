import Testing

@testable import BundleConfig

@Suite("A password")
struct PasswordTests {
    @Test("verifies against its own hash only, and each hash has a salt of its own")
    func hashing() throws {
        let hash = try #require(BcryptHash.make(Secret("s3cret"), cost: 4))
        let other = try #require(BcryptHash.make(Secret("s3cret"), cost: 4))
        #expect(hash.hasPrefix("$2b$04$"))
        #expect(hash != other)
        #expect(BcryptHash(hash)?.verifies(Secret("s3cret")) == true)
        #expect(BcryptHash(other)?.verifies(Secret("s3cret")) == true)
        #expect(BcryptHash(hash)?.verifies(Secret("S3cret")) != true)
        #expect(BcryptHash("$2b$04$short")?.verifies(Secret("s3cret")) != true)
    }

    @Test("of docker_auth's own vectors verifies, whatever the variant")
    func vector() {
        let hash = "$2y$05$LO.vzwpWC5LZGqThvEfznu8qhb5SGqvBSWY1J3yZ4AxtMRZ3kN5jC"
        #expect(BcryptHash(hash)?.cost == 5)
        #expect(BcryptHash(hash)?.verifies(Secret("badmin")) == true)
        #expect(BcryptHash(hash)?.verifies(Secret("badmim")) != true)
    }

    @Test("is told from a hash by its whole shape", arguments: ["$ecret", "$2 for you", "2b", "$$1$$", "päss wörd"])
    func plain(text: String) {
        #expect(PasswordShape(Secret(text)) == .plain)
    }

    @Test(
        "that is a hash of another kind, damaged, empty or unsendable is refused",
        arguments: [
            ("$1$abc$defghijklmnopqrstuvwx/", "MD5-crypt"), ("$6$salt$hash", "SHA-512-crypt"),
            ("$apr1$x$y", "Apache MD5"), ("$argon2id$v=19$m=1", "Argon2"), ("{SHA}2jmj7l5rSw0yVb=", "SHA-1"),
            ("$2y$10$tooshort", "damaged"), ("", "is empty"), ("two\nlines", "control character"),
            (String(repeating: "x", count: 73), "longer than 72 bytes"), ("{{ pillar.x }}", "template"),
        ])
    func refused(text: String, reason: String) {
        guard case .refused(let problem, _) = PasswordShape(Secret(text)) else {
            Issue.record("\(reason): accepted")
            return
        }
        #expect(problem.contains(reason))
    }

    @Test("that is generated has 24 characters and is never made twice")
    func generated() {
        let passwords = (0..<50).map { _ in GeneratedPassword.make().reveal() }
        #expect(passwords.allSatisfy { $0.count == 24 })
        #expect(Set(passwords).count == 50)
    }
}
