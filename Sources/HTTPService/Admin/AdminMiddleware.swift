import BundleLog
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Finds the route that is asked for and puts every failure into words. It never calls what comes after it.
struct AdminMiddleware: RouterMiddleware {
    typealias Context = ServiceRequestContext

    static let bodyLimit = 64 << 10

    let routes: [AdminRoute]

    func handle(
        _ request: Request, context: ServiceRequestContext,
        next: @concurrent (Request, ServiceRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await route(request, context)
        } catch let problem as AdminProblem {
            return AdminAnswer.problem(problem)
        } catch {
            context.logger.error(
                "\(request.method) \(request.uri.path) of the administrator failed: \(error)",
                metadata: [LogField.error: "\(error)"])
            return AdminAnswer.problem(
                AdminProblem("\(error)", remedy: "see the worker's log", status: .internalServerError))
        }
    }

    private func route(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        let path = request.uri.path
        if path == "/" { return list() }
        let candidates = routes.filter { $0.path == path }
        guard !candidates.isEmpty else {
            throw AdminProblem(
                "there is no \(path.prefix(200))", remedy: "GET / lists what there is", status: .notFound)
        }
        guard let route = candidates.first(where: { $0.method == request.method }) else {
            let methods = candidates.map(\.method.rawValue).joined(separator: ", ")
            throw AdminProblem("\(path) takes \(methods)", remedy: "use \(methods)", status: .methodNotAllowed)
        }
        let body: [UInt8]
        do {
            body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimit))
        } catch {
            throw AdminProblem(
                "the body is larger than \(Self.bodyLimit >> 10) KiB", remedy: "send less", status: .contentTooLarge)
        }
        return try await route.answer(
            AdminRequest(query: RequestQuery(request.uri.query), body: body, logger: context.logger))
    }

    private func list() -> Response {
        var object = JSONLine()
        object.add(
            objects: routes.map { route in
                var line = JSONLine()
                line.add("method", route.method.rawValue)
                line.add("path", route.path)
                line.add("summary", route.summary)
                return line
            }, for: "routes")
        return AdminAnswer.json(object)
    }
}
