internal import CSystemd
internal import Glibc
internal import ProcessControl

/// A bound socket that this process was started with: from systemd's store, from a .socket unit, from the supervisor
/// before an upgrade.
final class InheritedSocket {
    let name: SocketName
    /// What it was called by whoever handed it over. A hint: its place is what counts.
    let label: String
    private let descriptor: OwnedDescriptor
    /// Whether a definition has taken it, for now.
    var isClaimed = false

    /// Nil, and closed, for what is no socket to serve at.
    init?(_ descriptor: consuming OwnedDescriptor, label: String) {
        guard let name = SocketName(descriptor.number) else { return nil }
        self.name = name
        self.label = label
        self.descriptor = descriptor
    }

    /// A bound socket of the same open file: should binding fail as a whole, this one is as it was.
    func claim(as request: SocketRequest) throws(SocketError) -> BoundSocket {
        let copy: OwnedDescriptor
        do throws(SystemError) {
            copy = try descriptor.duplicate()
        } catch {
            throw .system(error)
        }
        let socket = try BoundSocket(adopting: copy, as: request)
        socket.leavesPath = true
        isClaimed = true
        return socket
    }

    /// What LISTEN_FDS announces to this process. The variables are removed: no child is to take them for its own.
    static func announced() -> [InheritedSocket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0 else { return [] }
        defer {
            for index in 0..<Int(count) { free(names?[index]) }
            free(names)
        }
        return (0..<count).compactMap { index in
            let label = names?[Int(index)].map { String(cString: $0) } ?? ""
            return InheritedSocket(OwnedDescriptor(adopting: 3 + index), label: label)
        }
    }
}
