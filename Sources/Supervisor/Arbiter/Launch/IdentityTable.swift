internal import Glibc
internal import ProcessControl
internal import Supervision

/// The users that watchers run as, looked up when a configuration is read and never while something is started.
struct IdentityTable: Sendable {
    private struct Key: Hashable {
        var user: String?
        var group: String?
    }

    private var users: [Key: UserDatabase.User] = [:]

    /// Looks up whom these need. Blocks: not for the loop's thread once it runs.
    /// - Throws: a sentence for each user or group that does not exist.
    mutating func look(up definitions: [WatcherDefinition]) throws(Refusal) {
        try look(up: definitions.map { ("watchers.\($0.name)", $0.attributes) })
    }

    mutating func look(up plugins: [PluginDefinition]) throws(Refusal) {
        try look(up: plugins.map { ("plugins.\($0.name)", $0.attributes) })
    }

    private mutating func look(up wanted: [(place: String, attributes: ProcessAttributes)]) throws(Refusal) {
        var problems: [String] = []
        for (place, attributes) in wanted {
            guard let key = Self.key(attributes), users[key] == nil else { continue }
            do throws(UserDatabase.Unknown) {
                users[key] = try UserDatabase.find(user: key.user, group: key.group)
            } catch {
                problems.append("\(place): \(error)")
            }
        }
        guard problems.isEmpty else { throw Refusal(problems: problems) }
    }

    /// Takes up what another table knows.
    mutating func merge(_ other: IdentityTable) {
        users.merge(other.users) { _, new in new }
    }

    /// Whether everybody whom a definition needs has been looked up.
    func knows(_ definition: WatcherDefinition) -> Bool {
        Self.key(definition.attributes).map { users[$0] != nil } ?? true
    }

    /// nil: the supervisor's own user.
    func user(of attributes: ProcessAttributes) -> UserDatabase.User? {
        Self.key(attributes).flatMap { users[$0] }
    }

    private static func key(_ attributes: ProcessAttributes) -> Key? {
        if attributes.user == nil && attributes.group == nil { return nil }
        return Key(user: attributes.user, group: attributes.group)
    }
}
