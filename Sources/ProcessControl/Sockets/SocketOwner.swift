internal import CLinux
internal import Glibc

/// Who owns a unix socket's path.
package struct SocketOwner: Sendable, Hashable, Codable {
    /// nil: left as it is.
    package var user: UInt32?
    package var group: UInt32?

    package init(user: UInt32? = nil, group: UInt32? = nil) {
        self.user = user
        self.group = group
    }

    /// "user", "user:group" or ":group", by name or number. A user alone brings no group along.
    /// - Blocks: names are looked up, which may go over the network. Not for a loop's thread.
    package static func named(_ text: String) throws(SocketError) -> SocketOwner {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var owner = SocketOwner()
        if !parts[0].isEmpty {
            var user: UInt32 = 0
            var group: UInt32 = 0
            if let number = UInt32(parts[0]) {
                user = number
            } else if clinux_find_user(parts[0], &user, &group) != 0 {
                throw .unknownOwner(parts[0], isGroup: false)
            }
            owner.user = user
        }
        if parts.count == 2, !parts[1].isEmpty {
            var group: UInt32 = 0
            if let number = UInt32(parts[1]) {
                group = number
            } else if clinux_find_group(parts[1], &group) != 0 {
                throw .unknownOwner(parts[1], isGroup: true)
            }
            owner.group = group
        }
        return owner
    }
}
