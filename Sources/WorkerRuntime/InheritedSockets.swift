import CSystemd
import Glibc

/// The listening sockets that the supervisor (or systemd) passed on, by name.
///
/// The descriptors belong to whoever asks for them; all are close-on-exec.
/// - Source: sd_listen_fds_with_names(3): LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES.
package struct InheritedSockets: Sendable {
    private var named: [String: [CInt]] = [:]

    /// No sockets: a worker that is run by itself binds what its configuration says.
    package init() {}

    /// Takes what the environment announces and removes the announcement, so that no child inherits it.
    package static func take() -> InheritedSockets {
        var sockets = InheritedSockets()
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0 else { return sockets }
        for index in 0..<Int(count) {
            let name = names?[index].map { String(cString: $0) } ?? "unknown"
            sockets.named[name, default: []].append(SD_LISTEN_FDS_START + CInt(index))
            free(names?[index])
        }
        free(names)
        return sockets
    }

    package func descriptors(named name: String) -> [CInt] {
        named[name] ?? []
    }

    package var isEmpty: Bool { named.isEmpty }
}
