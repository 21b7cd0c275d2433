import CLinux
import Glibc

/// What a worker may still do once it has begun: enforced by the kernel, for good, and for all that it starts.
///
/// - Always: no new privileges by exec, no capability but `capabilities`.
/// - Places: with `places`, nothing else of the file system may be used (Landlock). Unix sockets are connected to as before.
/// - Source: capabilities(7), landlock(7), PR_SET_NO_NEW_PRIVS in prctl(2).
package struct Confinement: Sendable, Equatable {
    /// Numbers of linux/capability.h.
    package enum Capability: Int, Sendable {
        case overridePermissions = 1
        case readAnyFile = 2
        case actAsOwner = 3
        case changeGroups = 6
        case changeUser = 7
        case bindLowPorts = 10
    }

    package struct Place: Sendable, Equatable {
        package enum Use: Sendable { case read, write, readAndWrite }

        /// A file, or a folder with all below it.
        package var path: String
        package var use: Use

        package init(_ path: String, _ use: Use) {
            self.path = path
            self.use = use
        }
    }

    package enum Places: Sendable, Equatable {
        /// Whatever the user may.
        case all
        /// Everything may be read and run, and written what is listed.
        case writing([Place])
        /// What is not listed can be neither read, written nor run; but for /proc, which may be read.
        case only([Place])
    }

    package var capabilities: Set<Capability>
    package var places: Places

    package init(keeping capabilities: Set<Capability>, places: Places) {
        self.capabilities = capabilities
        self.places = places
    }

    /// Puts it in force for the calling thread and those that it starts: call it before there are others.
    /// - Returns: what the kernel could not be asked for, as sentences for the log.
    package func enforce() -> [String] {
        var notes: [String] = []
        let privileges = clinux_forbid_new_privileges()
        if privileges < 0 { notes.append("new privileges cannot be forbidden: \(Self.text(privileges))") }
        let kept = capabilities.reduce(UInt64(0)) { $0 | 1 << UInt64($1.rawValue) }
        let dropped = clinux_keep_capabilities(kept)
        if dropped < 0 { notes.append("capabilities cannot be given up: \(Self.text(dropped))") }
        switch places {
        case .all: break
        case .writing(let list): notes += Self.enforce(list, reading: false)
        case .only(let list):
            // libdispatch reads how its threads fare, in /proc/TID/stat, and traps where it cannot. What /proc tells of another
            // process' memory and environment stays out of reach: that takes the right to trace it, which Landlock refuses.
            notes += Self.enforce(list + [Place("/proc", .read)], reading: true)
        }
        return notes
    }

    private static func enforce(_ places: [Place], reading: Bool) -> [String] {
        guard clinux_landlock_version() > 0 else {
            return [
                "this kernel offers no Landlock: files are protected by their permissions alone. Linux 5.13 and later have "
                    + "it, with landlock in the list of lsm="
            ]
        }
        let write = CInt(CLINUX_PLACE_WRITE)
        let read = CInt(CLINUX_PLACE_READ)
        let handled = reading ? read | write | CInt(CLINUX_PLACE_EXECUTE) : write
        let rules = clinux_landlock_begin(handled)
        guard rules >= 0 else { return ["Landlock cannot be used: \(text(rules))"] }
        defer { close(rules) }
        var notes: [String] = []
        for place in places {
            let uses: CInt =
                switch place.use {
                case .read: read
                case .write: write
                case .readAndWrite: read | write
                }
            guard uses & handled != 0 else { continue }
            let status = clinux_landlock_allow(rules, place.path, uses & handled)
            if status < 0, status != -ENOENT { notes.append("cannot keep \(place.path) in reach: \(text(status))") }
        }
        let status = clinux_landlock_enforce(rules)
        if status < 0 { notes.append("Landlock cannot be enforced: \(text(status))") }
        return notes
    }

    private static func text(_ status: CInt) -> String { String(cString: strerror(-status)) }
}

extension Set<Confinement.Capability> {
    /// For one that binds its own addresses, where no supervisor has done so.
    package static var listener: Self { getenv("LISTEN_FDS") == nil ? [.bindLowPorts] : [] }

    /// For one whose data may belong to another user, as a container's volume does where the container's user is root.
    package static var foreignFiles: Self {
        listener.union([.overridePermissions, .readAnyFile, .actAsOwner])
    }

    /// For one that runs an administrator's programs besides: they may take on another user.
    package static var commands: Self { foreignFiles.union([.changeUser, .changeGroups]) }
}

extension Confinement {
    /// The folder itself, or the nearest one above that is there: what does not exist yet cannot be named to the kernel.
    package static func existing(_ folder: String) -> String {
        var path = folder
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            path = String(path[..<slash])
        }
        return path
    }
}
