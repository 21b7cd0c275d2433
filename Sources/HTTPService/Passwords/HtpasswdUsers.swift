package import BundleConfig
import Glibc

/// The users of an htpasswd file, all with bcrypt hashes (`htpasswd -B`).
///
/// - Who may read the file: its owner and group. Others, and a group that may write it, are refused: with the hashes a
///   guesser needs no server, and who writes it lets in whomever.
/// - Source: distribution's `registry/auth/htpasswd`.
package struct HtpasswdUsers: Sendable {
    private static let sizeLimit = 4 << 20

    private let hashes: [[UInt8]: BcryptHash]
    /// What a stranger's password is compared with: as costly as most users'.
    package let decoy: BcryptHash?

    package var count: Int { hashes.count }

    /// Names are compared by bytes.
    package func hash(of user: String) -> BcryptHash? { hashes[Array(user.utf8)] }

    /// Reads a file.
    /// - Parameter node: where it is named.
    package static func read(_ path: String, at node: ConfigurationNode) throws(ConfigurationError) -> HtpasswdUsers {
        guard let stamp = FileStamp(path) else {
            throw node.refused(
                "\(path) is not there, or may not be looked at",
                remedy: "Make it: htpasswd -Bc \(path) USER; chmod 640 \(path)")
        }
        guard !stamp.isFolder else {
            throw node.refused("\(path) is a folder", remedy: "Name the htpasswd file in it")
        }
        guard stamp.mode & 0o027 == 0 else {
            throw node.refused(
                "\(path) has the mode 0\(String(stamp.mode & 0o7777, radix: 8))", remedy: "Run chmod 640 \(path)")
        }
        guard stamp.size <= sizeLimit, let text = contents(of: path) else {
            throw node.refused("\(path) cannot be read", remedy: "Check its owner and permissions")
        }
        return try HtpasswdUsers(text, file: path)
    }

    /// - Throws: the first line that is no `USER:HASH`. Its text is never shown.
    package init(_ text: String, file: String) throws(ConfigurationError) {
        var hashes: [[UInt8]: BcryptHash] = [:]
        var costs: [Int: Int] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func refused(_ problem: String, _ remedy: String) -> ConfigurationError {
                ConfigurationError(file: file, line: index + 1, key: "", problem: problem, remedy: remedy)
            }
            var entry = line[...]
            while let last = entry.last, last.isWhitespace { entry.removeLast() }
            if entry.isEmpty || entry.hasPrefix("#") { continue }
            guard let colon = entry.firstIndex(of: ":"), colon > entry.startIndex else {
                throw refused("is not USER:HASH", "Write entries with htpasswd -B")
            }
            let user = Array(entry[..<colon].utf8)
            guard let hash = BcryptHash(String(entry[entry.index(after: colon)...])) else {
                throw refused("has no bcrypt hash", "Set the password again with htpasswd -B: other hashes are weak")
            }
            guard hash.cost <= BcryptHash.costLimit else {
                throw refused(
                    "has a hash of cost \(hash.cost), which would hold a core for seconds",
                    "Hash it again with a cost of 10 to 12: htpasswd -B -C 10")
            }
            guard hashes.updateValue(hash, forKey: user) == nil else {
                throw refused("names a user for the second time", "Keep one of the lines")
            }
            costs[hash.cost, default: 0] += 1
        }
        self.hashes = hashes
        // Also of a file without users: strangers cost here what users of another place cost there.
        let cost = costs.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? BcryptHash.standardCost
        decoy = BcryptHash.decoy(cost: cost)
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else { return nil }
        }
        return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
