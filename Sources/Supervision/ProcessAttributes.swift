/// What a process of a watcher is given by the kernel: user, limits, priorities.
package struct ProcessAttributes: Sendable, Equatable, Hashable, Codable {
    /// One limit of getrlimit(2): "nofile", "core", … ; nil means unlimited.
    package struct ResourceLimit: Sendable, Equatable, Hashable, Codable {
        package var resource: String
        package var soft: UInt64?
        package var hard: UInt64?

        package init(resource: String, soft: UInt64?, hard: UInt64?) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }
    }

    /// What a cgroup of its own allows, in bytes, in hundredths of a processor, in processes; nil: no limit.
    package struct ControlGroup: Sendable, Equatable, Hashable, Codable {
        package var memory: UInt64?
        package var cpuPercent: Int?
        package var processes: Int?

        package init(memory: UInt64? = nil, cpuPercent: Int? = nil, processes: Int? = nil) {
            self.memory = memory
            self.cpuPercent = cpuPercent
            self.processes = processes
        }
    }

    /// Name or number; nil: the supervisor's own. The group defaults to the user's, with its supplementary groups.
    package var user: String?
    package var group: String?
    package var limits: [ResourceLimit] = []
    package var umask: UInt32?
    /// nice(2), −20…19.
    package var nice: Int?
    package var controlGroup: ControlGroup?
    /// Whether the process may never gain privileges (PR_SET_NO_NEW_PRIVS).
    package var noNewPrivileges = false

    package init() {}
}
