/// What a configured password's text is: a password, a bcrypt hash, or something that must be refused.
enum PasswordShape: Equatable {
    case plain
    case hash
    case refused(problem: String, remedy: String)

    private static let makeHash = "Write the password itself, or a bcrypt hash (htpasswd -nbB NAME PASSWORD makes one)"

    /// Prefixes of the hash formats that people paste by mistake, and their names.
    private static let foreign: [(prefix: String, name: String)] = [
        ("$1$", "an MD5-crypt hash"), ("$apr1$", "an Apache MD5 hash"), ("$5$", "a SHA-256-crypt hash"),
        ("$6$", "a SHA-512-crypt hash"), ("$y$", "a yescrypt hash"), ("$gy$", "a gost-yescrypt hash"),
        ("$7$", "an scrypt hash"), ("$argon2", "an Argon2 hash"), ("$scrypt$", "an scrypt hash"),
        ("$pbkdf2", "a PBKDF2 hash"), ("$sha1$", "a SHA-1-crypt hash"), ("$2x$", "a hash of a broken bcrypt"),
        ("$2$", "a hash of a broken bcrypt"), ("{SHA}", "a SHA-1 hash"), ("{SSHA}", "a salted SHA-1 hash"),
        ("{CRYPT}", "an LDAP hash"),
    ]

    init(_ password: Secret) {
        let text = password.reveal()
        if BcryptHash(text) != nil {
            self = .hash
        } else if let format = Self.foreign.first(where: { text.hasPrefix($0.prefix) }) {
            self = .refused(problem: "is \(format.name), which cannot be checked", remedy: Self.makeHash)
        } else if ["$2a$", "$2b$", "$2y$"].contains(where: text.hasPrefix) {
            self = .refused(
                problem: "looks like a bcrypt hash but is damaged (it must have 60 characters)", remedy: Self.makeHash)
        } else if text.isEmpty {
            self = .refused(problem: "is empty", remedy: "Give it a password or remove the user")
        } else if text.utf8.count > BcryptHash.passwordLimit {
            self = .refused(
                problem: "is longer than \(BcryptHash.passwordLimit) bytes, the most that bcrypt reads",
                remedy: "Shorten it")
        } else if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            self = .refused(
                problem: "holds a control character, which no client can send",
                remedy: "Keep it on one line, without tabs")
        } else if text.hasPrefix("{{") {
            self = .refused(
                problem: "is a template, which only a makinacorpus pillar may hold",
                remedy: "Use password_file: configuration/NAME.password for a generated password")
        } else {
            self = .plain
        }
    }
}
