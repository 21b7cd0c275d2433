internal import CLinux
internal import Glibc

/// Why a program did not start: the step that failed and the kernel's reason.
package struct SpawnError: Error, Equatable, CustomStringConvertible {
    package enum Step: Sendable, Equatable {
        case clone, processDescriptor, session, parentDeathSignal, descriptors, limits, groups, group, user, folder
        case execute, controlGroup, nice, privileges

        init(_ number: CInt) {
            self =
                switch UInt32(bitPattern: number) {
                case CLINUX_STEP_PIDFD.rawValue: .processDescriptor
                case CLINUX_STEP_SESSION.rawValue: .session
                case CLINUX_STEP_PARENT_DEATH.rawValue: .parentDeathSignal
                case CLINUX_STEP_DESCRIPTORS.rawValue: .descriptors
                case CLINUX_STEP_LIMITS.rawValue: .limits
                case CLINUX_STEP_GROUPS.rawValue: .groups
                case CLINUX_STEP_GROUP.rawValue: .group
                case CLINUX_STEP_USER.rawValue: .user
                case CLINUX_STEP_FOLDER.rawValue: .folder
                case CLINUX_STEP_EXEC.rawValue: .execute
                case CLINUX_STEP_CONTROL_GROUP.rawValue: .controlGroup
                case CLINUX_STEP_NICE.rawValue: .nice
                case CLINUX_STEP_PRIVILEGES.rawValue: .privileges
                default: .clone
                }
        }
    }

    package let step: Step
    package let code: CInt
    /// The program, or the folder for `.folder`.
    package let subject: String

    package init(step: Step, code: CInt, subject: String) {
        self.step = step
        self.code = code
        self.subject = subject
    }

    package var problem: String {
        let reason = SystemError.words(code)
        return switch step {
        case .clone where code == EAGAIN: "cannot fork: process limit reached"
        case .clone: "cannot fork: \(reason)"
        case .processDescriptor: "cannot open a process descriptor: \(reason)"
        case .session: "cannot start a session: \(reason)"
        case .parentDeathSignal: "cannot tie the process to the supervisor: \(reason)"
        case .descriptors: "cannot pass on descriptors: \(reason)"
        case .limits: "cannot set resource limits: \(reason)"
        case .groups: "cannot set supplementary groups: \(reason)"
        case .group: "cannot change the group: \(reason)"
        case .user: "cannot change the user: \(reason)"
        case .folder: "cannot enter \(subject): \(reason)"
        case .controlGroup: "cannot enter its control group: \(reason)"
        case .nice: "cannot set its priority (nice): \(reason)"
        case .privileges: "cannot forbid new privileges: \(reason)"
        case .execute: "cannot execute \(subject): \(reason)"
        }
    }

    package var remedy: String {
        switch (step, code) {
        case (.clone, EAGAIN): "raise pids.max or the user's process limit (ulimit -u)"
        case (.clone, _): "free memory on this machine"
        case (.execute, ENOENT): "install it, or correct the path (or its #! line's interpreter)"
        case (.execute, E2BIG): "shorten its arguments and environment"
        case (.execute, EACCES): "make it executable (chmod +x), on a file system without noexec"
        case (.execute, ETXTBSY): "wait for the end of what writes to it (an installation?); it is tried again"
        case (.execute, EAGAIN): "raise that user's process limit (rlimits: nproc, ulimit -u)"
        case (.execute, ENOEXEC): "give the script a #! line, or build the program for this machine"
        case (.folder, _): "make the folder, or let that user enter it"
        case (.groups, EPERM), (.group, EPERM), (.user, EPERM): "run dockmaster as root, or leave out uid and gid"
        case (.nice, _): "run dockmaster as root, or ask for a nice value above the present one"
        case (.controlGroup, _): "let dockmaster write its cgroup (systemd: Delegate=yes)"
        case (.limits, EPERM): "run dockmaster as root, or ask for no more than the hard limit"
        case (.descriptors, EMFILE): "raise the limit of open files (ulimit -n, LimitNOFILE=)"
        default: "see the system's log"
        }
    }

    package var description: String { "\(problem); \(remedy)" }
}
