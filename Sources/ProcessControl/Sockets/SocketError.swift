internal import Glibc

/// Why a socket could not be bound.
package enum SocketError: Error, Equatable, CustomStringConvertible {
    case portTaken(address: String, port: Int, holder: Holder?)
    case pathTaken(path: String, holder: Holder?)
    case pathTooLong(path: String, limit: Int)
    case privileged(port: Int)
    case system(SystemError)

    /// Who holds the address now.
    package struct Holder: Sendable, Equatable {
        package let pid: ProcessID
        package let program: String

        package init(pid: ProcessID, program: String) {
            self.pid = pid
            self.program = program
        }
    }

    package var problem: String {
        switch self {
        case .portTaken(_, let port, let holder?): "port \(port) is taken by \(holder.program) (pid \(holder.pid))"
        case .portTaken(let address, let port, nil): "port \(port) at \(address) is taken by another process"
        case .pathTaken(let path, let holder?): "\(path) is in use by \(holder.program) (pid \(holder.pid))"
        case .pathTaken(let path, nil): "\(path) is in use by another process"
        case .pathTooLong(let path, let limit): "the socket's path \(path) is longer than \(limit) bytes"
        case .privileged(let port): "port \(port) is reserved for root"
        case .system(let error): error.problem
        }
    }

    package var remedy: String {
        switch self {
        case .portTaken: "stop that process, or choose another port (--https-port, --http-port)"
        case .pathTaken: "stop that process, or choose another run folder (--run)"
        case .pathTooLong: "choose a shorter run folder (--run)"
        case .privileged: "choose a port of at least 1024, or grant CAP_NET_BIND_SERVICE"
        case .system(let error): error.remedy
        }
    }

    package var description: String { "\(problem); \(remedy)" }
}
