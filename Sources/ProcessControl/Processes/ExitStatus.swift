internal import CLinux

/// How a process ended.
package enum ExitStatus: Sendable, Equatable, Hashable, CustomStringConvertible {
    case code(CInt)
    case signal(CInt)

    init(_ exit: clinux_exit) {
        self = exit.signalled != 0 ? .signal(exit.status) : .code(exit.status)
    }

    package var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): SignalName.name(signal)
        }
    }

    /// What a shell would report: the code, or 128 + the signal.
    package var shellCode: CInt {
        switch self {
        case .code(let code): code
        case .signal(let signal): 128 + signal
        }
    }
}
