internal import BundleConfig
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// Answers the control socket: finds the route, sees that the client may, and has the arbiter do it.
/// - On the loop's thread. What blocks (reading /proc, reading a configuration) runs on a helper thread.
final class ControlDesk {
    let arbiter: Arbiter
    let loop: EventLoop
    /// What helper threads have found out, with the number of who waits for it.
    private let findings: Mailbox<(Int, ControlFinding)>
    private var waiters: [Int: (ControlFinding) -> Void] = [:]
    private var nextWaiter = 1

    init(_ arbiter: Arbiter) throws(Refusal) {
        self.arbiter = arbiter
        loop = arbiter.loop
        do throws(SystemError) {
            findings = try Mailbox()
            _ = try loop.watch(findings.descriptor, for: .readable) { [weak self] _ in self?.takeFindings() }
        } catch {
            throw Refusal(problems: [error.description])
        }
    }

    static let routes: [ControlRoute] = lookRoutes + orderRoutes + changeRoutes + wholeRoutes

    func answer(_ request: ControlRequest, _ reply: @escaping (ControlResponse) -> Void) {
        let segments = request.segments
        let matching = Self.routes.compactMap { route in route.match(segments).map { (route, $0) } }
        guard !matching.isEmpty else {
            return reply(
                .problem(404, "there is nothing at \(request.path)", remedy: "etc/openapi.yaml lists what there is"))
        }
        guard let (route, parameters) = matching.first(where: { $0.0.method == request.method }) else {
            let methods = matching.map(\.0.method).joined(separator: ", ")
            var response = ControlResponse.problem(
                405, "\(request.method) is not answered at \(request.path)", remedy: "use \(methods)")
            response.headers = [("Allow", methods)]
            return reply(response)
        }
        guard request.level >= route.level else { return reply(Self.forbidden(request.level)) }
        do throws(ControlProblem) {
            try route.run(self, ControlCall(request: request, parameters: parameters, reply: reply))
        } catch {
            reply(error.response)
        }
    }

    private static func forbidden(_ level: ControlAccess.Level) -> ControlResponse {
        level == .reader
            ? .problem(
                403, "you may look, but not change anything",
                remedy: "use root or dockmaster's user, or have supervisor.control.admin name yours")
            : .problem(
                403, "you may not use this dockmaster",
                remedy: "use root or dockmaster's user, or have supervisor.control name yours")
    }

    // MARK: Helper threads

    /// Runs blocking work beside the loop and hands its result back to the loop.
    func find(
        _ work: @escaping @Sendable () -> ControlFinding, _ found: @escaping (ControlFinding) -> Void
    ) throws(ControlProblem) {
        let number = nextWaiter
        nextWaiter += 1
        let findings = findings
        do throws(SystemError) {
            try HelperThread.start("control", stack: 8 << 20) { findings.post((number, work())) }
        } catch {
            throw ControlProblem(503, error.problem, remedy: error.remedy)
        }
        waiters[number] = found
    }

    private func takeFindings() {
        for (number, finding) in findings.take().messages { waiters.removeValue(forKey: number)?(finding) }
    }
}

/// What a helper thread has found out.
enum ControlFinding: Sendable {
    case statistics([WatcherStatistics])
    case desired(Result<DesiredState, Refusal>)
    case definition(Result<WatcherDefinition, ConfigurationErrors>)
}
