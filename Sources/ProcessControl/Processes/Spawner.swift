internal import CLinux
internal import Glibc

/// Starts programs. Returns when the program runs or has failed to: a wrong path is an error here, not an exit later.
package enum Spawner {
    package static func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        let arguments = CStringArray([request.executable] + request.arguments)
        let environment = CStringArray(environmentLines(of: request))
        let descriptors = request.sockets.map(\.descriptor)
        let placed = request.placed.flatMap { [$0.descriptor, $0.number] }
        let groups = request.identity?.groups ?? []
        let limits = request.limits.map {
            clinux_limit(
                resource: $0.resource, soft: $0.soft ?? UInt64(rlim_t.max), hard: $0.hard ?? UInt64(rlim_t.max))
        }
        var outcome = clinux_spawn_result()
        let result = request.executable.withCString { path in
            withOptionalCString(request.folder) { folder in
                descriptors.withUnsafeBufferPointer { descriptors in
                    groups.withUnsafeBufferPointer { groups in
                        limits.withUnsafeBufferPointer { limits in
                            placed.withUnsafeBufferPointer { placed in
                                var raw = clinux_spawn_request()
                                raw.path = path
                                raw.arguments = arguments.pointer
                                raw.environment = environment.pointer
                                // The child writes its pid behind "LISTEN_PID=", the first line where there are sockets.
                                raw.listen_pid =
                                    descriptors.isEmpty
                                    ? nil : environment.first?.advanced(by: 11)
                                raw.folder = folder
                                raw.descriptors = descriptors.baseAddress
                                raw.descriptor_count = CInt(descriptors.count)
                                raw.placed = placed.baseAddress
                                raw.placed_count = CInt(placed.count / 2)
                                raw.control_group = request.controlGroup ?? -1
                                raw.has_nice = request.nice == nil ? 0 : 1
                                raw.nice = request.nice ?? 0
                                raw.no_new_privileges = request.noNewPrivileges ? 1 : 0
                                raw.standard_input = request.input ?? -1
                                raw.standard_output = request.output ?? -1
                                raw.standard_error = request.error ?? -1
                                raw.new_session = request.newSession ? 1 : 0
                                raw.parent_death_signal = request.parentDeathSignal ?? 0
                                raw.file_mask = request.fileMask.map { CInt($0) } ?? -1
                                raw.has_identity = request.identity == nil ? 0 : 1
                                raw.uid = request.identity?.user ?? 0
                                raw.gid = request.identity?.group ?? 0
                                raw.groups = groups.baseAddress
                                raw.group_count = groups.count
                                raw.limits = limits.baseAddress
                                raw.limit_count = limits.count
                                return clinux_spawn(&raw, &outcome)
                            }
                        }
                    }
                }
            }
        }
        guard result == 0 else {
            let step = SpawnError.Step(outcome.step)
            let subject = step == .folder ? request.folder ?? "" : request.executable
            throw SpawnError(step: step, code: -result, subject: subject)
        }
        return ChildProcess(pid: outcome.pid, handle: OwnedDescriptor(adopting: outcome.pidfd))
    }

    /// `NAME=value` lines, the LISTEN_… trio first where there are sockets.
    private static func environmentLines(of request: SpawnRequest) -> [String] {
        var lines: [String] = []
        if !request.sockets.isEmpty {
            lines.append("LISTEN_PID=00000000000")
            lines.append("LISTEN_FDS=\(request.sockets.count)")
            lines.append("LISTEN_FDNAMES=\(request.sockets.map(\.name).joined(separator: ":"))")
        }
        for (name, value) in request.environment.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("LISTEN_") {
            lines.append("\(name)=\(value)")
        }
        return lines
    }

    private static func withOptionalCString<Result>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }
}
