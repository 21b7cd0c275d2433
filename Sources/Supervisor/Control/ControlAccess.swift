internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// Who may do what over the control socket: decided by what the kernel says of the peer, or by a token.
struct ControlAccess: Equatable {
    enum Level: Comparable {
        case stranger
        /// May look, and change nothing.
        case reader
        case admin
    }

    /// The supervisor's own user.
    var owner: UInt32 = geteuid()
    var settings = SupervisorSettings.ControlAccess()

    func level(of user: UInt32) -> Level {
        if user == owner || user == 0 || settings.admins.contains(user) { return .admin }
        return settings.readers.contains(user) ? .reader : .stranger
    }

    /// Users besides the owner and root that the socket has to let in.
    var guests: [UInt32] { settings.admins.union(settings.readers).subtracting([owner, 0]).sorted() }

    // MARK: Tokens

    /// Compares without telling by its time how much was right.
    static func isEqual(_ given: some Collection<UInt8>, _ wanted: some Collection<UInt8>) -> Bool {
        var difference = UInt8(given.count == wanted.count ? 0 : 1)
        var wantedBytes = wanted.makeIterator()
        for byte in given { difference |= byte ^ (wantedBytes.next() ?? 0) }
        return difference == 0
    }

    /// The bearer token of a file that only its owner may read.
    /// - Throws: a sentence with its remedy; without a token there is no TCP.
    static func token(in file: String) throws(Refusal) -> [UInt8] {
        var status = clinux_status()
        let found = clinux_stat(file, &status)
        guard found == 0 else {
            throw Refusal(problems: ["supervisor.control.token_file: \(SystemError("read \(file)", code: -found))"])
        }
        guard status.mode & 0o077 == 0, status.owner == geteuid() || status.owner == 0 else {
            throw Refusal(problems: [
                "supervisor.control.token_file: others may read \(file); chown it to dockmaster's user, chmod 600 it, "
                    + "and change the token"
            ])
        }
        let token = (TextFile.read(file) ?? "").utf8.filter { $0 > 0x20 }
        guard token.count >= 16 else {
            throw Refusal(problems: [
                "supervisor.control.token_file: \(file) holds no token of at least 16 characters; "
                    + "make one: openssl rand -hex 32 > \(file)"
            ])
        }
        return token
    }
}
