internal import Glibc
internal import ProcessControl
internal import Supervision

/// Control groups (cgroup v2), one for each slot: what ends a process ends everything it has ever started, and limits
/// hold for all of it together. Where the tree is not ours to write there are none, and other means have to do.
/// - Source: Linux, Documentation/admin-guide/cgroup-v2.rst.
final class ControlGroups {
    /// `<our own group>/dockmaster-<our pid>`; with a number more where a supervisor of another PID namespace has that.
    private var folder: String
    /// Held while the folder is ours. A pid would not tell: that of a supervisor in another PID namespace says nothing.
    private var lock: OwnedDescriptor?
    private var isMade = false
    /// What became of the controllers that were asked for, by name.
    private var controllers: [String: Result<Void, SystemError>] = [:]
    /// Groups whose processes have not all gone yet.
    private var leaving: Set<String> = []

    /// The folder of our own group, where we may make further ones; nil: nowhere.
    static func ownFolder() -> String? {
        guard
            let path = TextFile.read("/proc/self/cgroup")?.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }
            ),
            let mount = mountPoint()
        else { return nil }
        var own = String(path.dropFirst(3))
        // We went in there ourselves, to make room for controllers.
        if own.hasSuffix("/dockmaster-supervisor") { own = String(own.dropLast("/dockmaster-supervisor".count)) }
        let folder = own == "/" || own.isEmpty ? mount : mount + own
        guard !own.contains(".."), access("\(folder)/cgroup.procs", W_OK) == 0 else { return nil }
        return folder
    }

    private static func mountPoint() -> String? {
        for line in (TextFile.read("/proc/self/mountinfo") ?? "").split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard let dash = parts.firstIndex(of: "-"), parts.count > dash + 1, parts[dash + 1] == "cgroup2",
                parts.count > 5, parts[3] == "/"
            else { continue }
            return String(parts[4])
        }
        return nil
    }

    private let own: String

    init(_ own: String) {
        self.own = own
        folder = "\(own)/dockmaster-\(getpid())"
    }

    deinit {
        if isMade { removeAll() }
    }

    // MARK: Groups

    /// Makes a group.
    /// - Returns: its folder; nil where none can be made.
    func make(_ name: String) -> String? {
        guard isMade || hold() else { return nil }
        let safe = name.map { $0 == "/" ? "_" : $0 }
        for attempt in 0..<100 {
            let group = "\(folder)/\(String(safe))" + (attempt == 0 ? "" : "+\(attempt)")
            if mkdir(group, 0o755) == 0 { return group }
            guard errno == EEXIST else { return nil }
            // One of a process that lives on, from before an upgrade of ours.
            if !isPopulated(group) { return group }
        }
        return nil
    }

    /// - Returns: the group's folder, opened, by which a process begins in it. A group that somebody has tidied away is
    ///   made again.
    func entrance(_ group: String) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor.open(group, O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.code == ENOENT else { throw error }
            mkdir(folder, 0o755)
            mkdir(group, 0o755)
            return try OwnedDescriptor.open(group, O_RDONLY | O_DIRECTORY)
        }
    }

    /// Makes our folder.
    private func hold() -> Bool {
        Self.removeStale(in: own)
        for attempt in 0..<100 {
            folder = "\(own)/dockmaster-\(getpid())" + (attempt == 0 ? "" : "+\(attempt)")
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { return false }
            lock = Self.locked(folder)
            if lock != nil {
                isMade = true
                return true
            }
        }
        return false
    }

    /// Goes on with a group of this process's earlier program.
    func resume(_ group: String) {
        guard !isMade, let end = group.lastIndex(of: "/"), group.hasPrefix("\(own)/dockmaster-") else { return }
        folder = String(group[..<end])
        lock = Self.locked(folder)
        isMade = true
    }

    /// - Returns: nil where another supervisor holds the folder, or it is not there any more.
    private static func locked(_ folder: String) -> OwnedDescriptor? {
        guard let file = try? OwnedDescriptor.open(folder, O_RDONLY | O_DIRECTORY),
            flock(file.number, LOCK_EX | LOCK_NB) == 0,
            // Whoever held the lock before us may have removed the folder.
            SymbolicLink.target("/proc/self/fd/\(file.number)")?.hasSuffix(" (deleted)") == false
        else { return nil }
        return file
    }

    /// Kills every process in a group. An empty one is left alone: Linux 6.18 lets no process be born in a group that has
    /// ever been killed, and moving one there takes longer.
    func kill(_ group: String) {
        guard isPopulated(group) else { return }
        if write("1", "\(group)/cgroup.kill") == 0 { return }
        // Before Linux 5.14.
        for word in (TextFile.read("\(group)/cgroup.procs") ?? "").split(separator: "\n") {
            if let pid = ProcessID(word), pid > 0 { Glibc.kill(pid, SIGKILL) }
        }
    }

    func isPopulated(_ group: String) -> Bool {
        (TextFile.read("\(group)/cgroup.events") ?? "").contains("populated 1")
    }

    /// Removes a group, at once or as soon as its last process has gone.
    func remove(_ group: String) {
        if rmdir(group) != 0 && errno == EBUSY { leaving.insert(group) }
    }

    /// Tries again to remove what was still in use.
    func tidyUp() {
        guard !leaving.isEmpty else { return }
        leaving = leaving.filter { rmdir($0) != 0 && errno == EBUSY }
    }

    /// Removes everything that is empty by now.
    /// - Returns: whether that was all.
    @discardableResult
    func removeAll() -> Bool {
        guard isMade else { return true }
        for name in ProcessTable.entries(of: folder) where !name.hasPrefix("cgroup.") { rmdir("\(folder)/\(name)") }
        isMade = rmdir(folder) != 0 && (errno == EBUSY || errno == ENOTEMPTY)
        if !isMade { lock = nil }
        return !isMade
    }

    /// What supervisors have left behind that were killed.
    private static func removeStale(in own: String) {
        for name in ProcessTable.entries(of: own) where name.hasPrefix("dockmaster-") {
            let folder = "\(own)/\(name)"
            guard name.dropFirst(11).first?.isNumber == true, let lock = locked(folder)?.release() else { continue }
            defer { close(lock) }
            for group in ProcessTable.entries(of: folder) { rmdir("\(folder)/\(group)") }
            rmdir(folder)
        }
    }

    // MARK: Limits

    /// Sets what a group may use.
    /// - Returns: why a limit is not obeyed; nil: it is.
    func limit(_ group: String, _ limits: ProcessAttributes.ControlGroup) -> String? {
        let files = [
            ("memory", limits.memory.map { "\($0)" }), ("cpu", limits.cpuPercent.map { "\($0 * 1000) 100000" }),
            ("pids", limits.processes.map { "\($0)" }),
        ]
        var problems: [String] = []
        for (controller, value) in files {
            let file = "\(group)/\(controller).max"
            guard value != nil || access(file, W_OK) == 0 else { continue }
            if value != nil, case .failure(let error) = controllers[controller] ?? enable(controller) {
                problems.append(error.problem)
                continue
            }
            let code = write(value ?? "max", file)
            if code != 0 && value != nil { problems.append(SystemError("write \(file)", code: code).problem) }
        }
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }

    private func enable(_ controller: String) -> Result<Void, SystemError> {
        let result = enableBelow(controller)
        controllers[controller] = result
        return result
    }

    /// A controller works below a group only where the group itself has no processes: we move into one of our own.
    private func enableBelow(_ controller: String) -> Result<Void, SystemError> {
        let wanted = "+\(controller)"
        var code = write(wanted, "\(own)/cgroup.subtree_control")
        if code == EBUSY {
            let place = "\(own)/dockmaster-supervisor"
            mkdir(place, 0o755)
            code = write("\(getpid())", "\(place)/cgroup.procs")
            if code == 0 { code = write(wanted, "\(own)/cgroup.subtree_control") }
        }
        if code == 0 { code = write(wanted, "\(folder)/cgroup.subtree_control") }
        return code == 0
            ? .success(()) : .failure(SystemError("use the controller \(controller) below \(own)", code: code))
    }

    /// - Returns: 0 or the errno.
    private func write(_ text: String, _ path: String) -> CInt {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count ? 0 : errno
    }
}
