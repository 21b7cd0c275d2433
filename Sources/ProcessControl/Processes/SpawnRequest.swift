internal import Glibc

/// A program to start and what it gets.
package struct SpawnRequest: Sendable {
    /// The user a program runs as.
    package struct Identity: Sendable, Equatable {
        package var user: UInt32
        package var group: UInt32
        package var groups: [UInt32]

        package init(user: UInt32, group: UInt32, groups: [UInt32]) {
            self.user = user
            self.group = group
            self.groups = groups
        }
    }

    /// One limit of getrlimit(2); nil means unlimited.
    package struct Limit: Sendable, Equatable {
        package var resource: CInt
        package var soft: UInt64?
        package var hard: UInt64?

        package init(resource: CInt, soft: UInt64?, hard: UInt64?) {
            self.resource = resource
            self.soft = soft
            self.hard = hard
        }
    }

    /// A descriptor that the program finds at 3, 4, … and the name it is announced under.
    package struct Inherited: Sendable, Equatable {
        package var descriptor: CInt
        package var name: String

        package init(descriptor: CInt, name: String) {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// The program's path (no search along PATH), which is also argv[0].
    package var executable: String
    package var arguments: [String]
    /// The whole environment; LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES are added where there are sockets.
    package var environment: [String: String]
    package var folder: String?
    package var sockets: [Inherited] = []
    /// A descriptor that the program finds at a number of its own.
    package struct Placed: Sendable, Equatable {
        package var descriptor: CInt
        package var number: CInt

        package init(descriptor: CInt, at number: CInt) {
            self.descriptor = descriptor
            self.number = number
        }
    }

    /// Further descriptors, unannounced; at most 8, below 1024, after those of `sockets`.
    package var placed: [Placed] = []
    /// Descriptors for 0, 1 and 2; nil: the supervisor's own.
    package var input: CInt?
    package var output: CInt?
    package var error: CInt?
    package var newSession = true
    package var parentDeathSignal: CInt?
    package var fileMask: FileMode?
    package var identity: Identity?
    package var limits: [Limit] = []
    /// nice(2)'s value, −20…19.
    package var nice: CInt?
    package var noNewPrivileges = false
    /// The open folder of a control group (cgroup v2): the process begins there.
    package var controlGroup: CInt?

    package init(_ executable: String, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}
