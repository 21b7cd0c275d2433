/// Passwords made by dockmaster itself.
enum GeneratedPassword {
    /// Letters and digits that cannot be taken for one another.
    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")

    /// 24 random characters: 139 bits.
    static func make() -> Secret {
        var random = SystemRandomNumberGenerator()
        return Secret(String((0..<24).compactMap { _ in alphabet.randomElement(using: &random) }))
    }

    /// Makes a password file (mode 0600) unless there is one.
    static func store(at path: String) throws(DiskError) {
        guard !PrivateFile.exists(path) else { return }
        try PrivateFile.makeFolder(FilePath.parent(of: path))
        try PrivateFile.write(make().reveal() + "\n", to: path)
    }

    /// The password of a file, without the line break at its end.
    static func read(_ path: String) throws(DiskError) -> Secret {
        var text = try PrivateFile.read(path)[...]
        while let last = text.last, last.isNewline { text = text.dropLast() }
        return Secret(String(text))
    }
}
