internal import CLinux
internal import Glibc

/// Users and groups by name. May ask the network (LDAP): not for the loop's thread once it runs.
package enum UserDatabase {
    /// A user as a process is started for it.
    package struct User: Sendable, Equatable {
        package var identity: SpawnRequest.Identity
        /// nil: a number without an entry.
        package var name: String?
        package var home: String?
    }

    package struct Unknown: Error, Equatable, CustomStringConvertible {
        package var problem: String
        package var description: String { "\(problem); create it, or name another" }
    }

    /// - Parameter user: a name or a number. A number need not have an entry.
    /// - Parameter group: likewise; nil: the user's own.
    package static func find(user: String?, group: String?) throws(Unknown) -> User {
        var entry = clinux_user()
        var isKnown = false
        var uid = geteuid()
        if let user {
            if let number = UInt32(user) {
                uid = number
                isKnown = clinux_user_numbered(number, &entry) == 0
            } else {
                let result = clinux_user_named(user, &entry)
                guard result == 0 else { throw unknown("user", user, result) }
                isKnown = true
                uid = entry.uid
            }
        } else {
            isKnown = clinux_user_numbered(uid, &entry) == 0
        }
        let gid = try groupNumber(group) ?? (isKnown ? entry.gid : user == nil ? getegid() : uid)
        guard isKnown else {
            return User(identity: .init(user: uid, group: gid, groups: [gid]), name: nil, home: nil)
        }
        let name = text(entry.name)
        return User(
            identity: .init(user: uid, group: gid, groups: groups(of: name, gid)), name: name, home: text(entry.home))
    }

    private static func groupNumber(_ group: String?) throws(Unknown) -> UInt32? {
        guard let group else { return nil }
        if let number = UInt32(group) { return number }
        var gid: gid_t = 0
        let result = clinux_group_named(group, &gid)
        guard result == 0 else { throw unknown("group", group, result) }
        return gid
    }

    private static func groups(of name: String, _ group: UInt32) -> [UInt32] {
        var groups = [gid_t](repeating: 0, count: 4096)
        let count = clinux_groups_of(name, group, &groups, CInt(groups.count))
        return count > 0 ? Array(groups[..<Int(count)]) : [group]
    }

    private static func unknown(_ kind: String, _ name: String, _ result: CInt) -> Unknown {
        let reason = result == -ENOENT ? "does not exist" : "cannot be looked up: \(SystemError.words(-result))"
        return Unknown(problem: "\(kind) \(name) \(reason)")
    }

    private static func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
