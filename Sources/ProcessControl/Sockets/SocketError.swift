internal import Glibc

/// Why a socket could not be bound.
package enum SocketError: Error, Equatable, CustomStringConvertible {
    case portTaken(address: String, port: Int, holder: Holder?)
    case pathTaken(path: String, holder: Holder?)
    case pathTooLong(path: String, limit: Int)
    case privileged(port: Int)
    case noInterface(String)
    case interfaceRefused(String)
    case noAddress(String)
    case unknownHost(String, reason: String)
    case unknownOwner(String, isGroup: Bool)
    case ownerRefused(path: String)
    case noFolder(path: String)
    case notWritable(path: String)
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
        case .noInterface(let name): "there is no network interface \(name)"
        case .interfaceRefused(let name): "binding to the interface \(name) is not permitted"
        case .noAddress(let address): "\(address) is not an address of this machine"
        case .unknownHost(let host, let reason): "the host name \(host) cannot be resolved: \(reason)"
        case .unknownOwner(let name, let isGroup): "there is no \(isGroup ? "group" : "user") \(name)"
        case .ownerRefused(let path): "the owner of \(path) cannot be changed"
        case .noFolder(let path): "the folder of \(path) does not exist"
        case .notWritable(let path): "\(path) cannot be made in its folder: permission denied"
        case .system(let error): error.problem
        }
    }

    package var remedy: String {
        switch self {
        case .portTaken:
            "stop that process, or choose another port (--https-port, --http-port; sockets.NAME.port)"
        case .pathTaken: "stop that process, or choose another run folder (--run) or path"
        case .pathTooLong: "choose a shorter run folder (--run) or path"
        case .privileged: "choose a port of at least 1024, or grant CAP_NET_BIND_SERVICE"
        case .noInterface: "correct sockets.NAME.interface (ip link shows the names), or start after the network"
        case .interfaceRefused: "grant CAP_NET_RAW, or leave out interface"
        case .noAddress: "correct the host (ip address shows those there are), or start after the network"
        case .unknownHost: "correct the host, or give a numeric address"
        case .unknownOwner: "create it, or correct the owner"
        case .ownerRefused: "grant CAP_CHOWN, or choose a group that dockmaster's user is a member of"
        case .noFolder: "make the folder, or correct the path"
        case .notWritable: "let dockmaster's user write there, or choose another path"
        case .system(let error): error.remedy
        }
    }

    package var description: String { "\(problem); \(remedy)" }
}
