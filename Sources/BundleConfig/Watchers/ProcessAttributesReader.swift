import Glibc
import Supervision

/// Reads what watchers and plugins alike are given by the kernel: user, limits, priorities.
struct ProcessAttributesReader {
    static let keys = ["uid", "gid", "umask", "nice", "no_new_privs", "rlimits", "cgroup"]
    /// The names of setrlimit(2), in small letters without RLIMIT_.
    static let resources = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]
    private static let controlGroupKeys = ["memory", "cpu", "processes"]

    let node: ConfigurationNode
    let problems: ConfigurationProblems

    func read(into attributes: inout ProcessAttributes) {
        given("uid") { attributes.user = try Self.user($0) }
        given("gid") { attributes.group = try Self.group($0) }
        given("umask") { attributes.umask = try $0.octal() & 0o777 }
        given("nice") { attributes.nice = try $0.integer(in: -20...19) }
        given("no_new_privs") { attributes.noNewPrivileges = try $0.bool() }
        given("rlimits") { attributes.limits = try Self.limits($0) }
        given("cgroup") { attributes.controlGroup = try Self.controlGroup($0) }
    }

    private func given(_ key: String, _ body: (ConfigurationNode) throws -> Void) {
        guard let value = node.present(key) else { return }
        problems.attempt { try body(value) }
    }

    // MARK: Users

    private static func user(_ node: ConfigurationNode) throws -> String {
        let name = try node.string()
        guard UInt32(name) != nil || getpwnam(name) != nil else {
            throw node.refused(
                "is \(name), a user that this machine does not have", remedy: "Make it (useradd), or name another")
        }
        return name
    }

    private static func group(_ node: ConfigurationNode) throws -> String {
        let name = try node.string()
        guard UInt32(name) != nil || getgrnam(name) != nil else {
            throw node.refused(
                "is \(name), a group that this machine does not have", remedy: "Make it (groupadd), or name another")
        }
        return name
    }

    /// A user's number, for the lists of the control socket.
    static func userNumber(_ node: ConfigurationNode) throws -> UInt32 {
        let name = try user(node)
        if let number = UInt32(name) { return number }
        guard let entry = getpwnam(name) else {
            throw node.refused("is \(name), a user that this machine does not have", remedy: "Name another")
        }
        return entry.pointee.pw_uid
    }

    // MARK: Limits

    private static func limits(_ node: ConfigurationNode) throws -> [ProcessAttributes.ResourceLimit] {
        try node.mapping().map { name, value in
            guard resources.contains(name.lowercased()) else {
                throw value.refused(
                    "is not a limit of this system",
                    remedy: EditDistance.nearest(to: name, among: resources).map { "Did you mean \($0)?" }
                        ?? "Known: \(resources.joined(separator: ", "))")
            }
            guard value.isMapping else {
                let limit = try limit(value)
                return .init(resource: name.lowercased(), soft: limit, hard: limit)
            }
            try value.refuseUnknownKeys(["soft", "hard"])
            guard let soft = value.present("soft"), let hard = value.present("hard") else {
                throw value.refused("lacks soft or hard", remedy: "Give both, or one number for both")
            }
            let pair = (soft: try limit(soft), hard: try limit(hard))
            guard pair.soft ?? .max <= pair.hard ?? .max else {
                throw value.refused("has a soft limit above the hard one", remedy: "Raise hard, or lower soft")
            }
            return .init(resource: name.lowercased(), soft: pair.soft, hard: pair.hard)
        }
    }

    /// A number, a size, or none: circus's empty value is no limit.
    private static func limit(_ node: ConfigurationNode) throws -> UInt64? {
        if node.isNull || node.isUnlimited { return nil }
        let text = try node.string()
        if text.isEmpty { return nil }
        if let number = UInt64(text) { return number }
        guard let size = ByteSize(text) else {
            throw node.refused("is \"\(text)\"", remedy: "Write a number, a size such as 8MiB, or unlimited")
        }
        return UInt64(size.bytes)
    }

    private static func controlGroup(_ node: ConfigurationNode) throws -> ProcessAttributes.ControlGroup {
        _ = try node.mapping()
        try node.refuseUnknownKeys(controlGroupKeys)
        var group = ProcessAttributes.ControlGroup()
        if let memory = node.present("memory"), !memory.isUnlimited {
            group.memory = UInt64(try memory.byteSize().bytes)
        }
        if let cpu = node.present("cpu"), !cpu.isUnlimited {
            let text = try cpu.string()
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), percent > 0 else {
                throw cpu.refused("is \"\(text)\"", remedy: "Write hundredths of one processor, such as 50% or 200%")
            }
            group.cpuPercent = percent
        }
        if let processes = node.present("processes"), !processes.isUnlimited {
            group.processes = try processes.integer(in: 1...4_194_304)
        }
        return group
    }
}
