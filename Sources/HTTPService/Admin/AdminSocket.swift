import Glibc
package import Hummingbird
package import Logging

/// The administrator's way to a running worker: HTTP on a unix socket beside the worker's own, mode 0600, which no
/// proxy leads to. Whoever may open it may ask everything.
package final class AdminSocket: Sendable {
    private let listener: HTTPListener
    private let path: String

    package init(path: String, routes: [AdminRoute], logger: Logger) {
        self.path = path
        listener = HTTPListener(responder: Self.responder(routes), logger: logger)
    }

    /// Beside a worker that listens on a unix socket; nil for one on a TCP port, which has no folder of its own.
    package static func path(named name: String, beside address: ListenAddress) -> String? {
        guard case .unix(let path) = address else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return name }
        return "\(path[...slash])\(name)"
    }

    /// Listens, in the place of a predecessor that still drains. The name appears only when the mode is right.
    package func start() async throws {
        let passing = Self.passing(path)
        try await listener.start(address: .unix(path: passing))
        guard chmod(passing, 0o600) == 0, rename(passing, path) == 0 else {
            throw AdminProblem(
                "cannot make \(path): \(String(cString: strerror(errno)))",
                remedy: "check the permissions of its folder")
        }
    }

    /// The name that the socket has until its mode is right: beside it, so that a rename suffices.
    package static func passing(_ path: String) -> String {
        path.hasSuffix(".sock") ? "\(path.dropLast(5)).new" : "\(path).new"
    }

    package func drain(within: Duration) async {
        await listener.drain(within: within)
    }

    package static func responder(_ routes: [AdminRoute]) -> some HTTPResponder<ServiceRequestContext> {
        let router = Router(context: ServiceRequestContext.self)
        router.add(middleware: AccessLogMiddleware())
        router.add(middleware: AdminMiddleware(routes: routes))
        return router.buildResponder()
    }
}
