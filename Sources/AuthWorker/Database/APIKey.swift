internal import GRDB
internal import RegistryToken
internal import TextFormats

/// A key that stands for its owner's password, with less than the owner's rights: for robots.
struct APIKey: Sendable, Equatable {
    var name: String
    var owner: String
    /// Which repositories, as patterns of the access list; empty for all.
    var repositories: [String]
    /// Which actions; empty for all.
    var actions: [String]
    /// Seconds since 1970.
    var created: Int64
    var expires: Int64?
    var used: Int64?

    init(_ row: Row) {
        name = row["name"] ?? ""
        owner = row["owner"] ?? ""
        let patterns = Self.strings(row["repositories"] ?? "")
        let verbs = Self.strings(row["actions"] ?? "")
        repositories = patterns ?? []
        actions = verbs ?? []
        created = row["created"] ?? 0
        // A key whose bounds cannot be read has ended: empty lists would mean everything.
        expires = patterns == nil || verbs == nil ? 0 : row["expires"]
        used = row["used"]
    }

    init(name: String, owner: String, repositories: [String], actions: [String], created: Int64, expires: Int64?) {
        self.name = name
        self.owner = owner
        self.repositories = repositories
        self.actions = actions
        self.created = created
        self.expires = expires
    }

    func isExpired(at now: Int64) -> Bool { expires.map { $0 <= now } ?? false }

    /// What is left of what the owner may do.
    func narrowed(_ allowed: [String], type: String, name: String) -> [String] {
        if !repositories.isEmpty {
            guard type == "repository", repositories.contains(where: { Self.matches($0, name) }) else { return [] }
        }
        return actions.isEmpty ? allowed : allowed.filter(actions.contains)
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        (try? TextPattern(expanded: Array(pattern.utf8)))?.matches(Array(name.utf8)) ?? false
    }

    private static func strings(_ json: String) -> [String]? {
        (try? JSONReader.read(Array(json.utf8)))?.strings
    }

    static func json(_ texts: [String]) -> String {
        var bytes: [UInt8] = []
        JSONString.append(texts, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
