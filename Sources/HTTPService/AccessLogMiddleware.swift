import BundleLog
package import Hummingbird
import Logging

/// Gives each request its id and logs its outcome in one line.
///
/// To be added first. Health checks and successes are logged at debug (the proxy has its own access log); refusals of the
/// client's making at info, failures of ours at error.
package struct AccessLogMiddleware: RouterMiddleware {
    package typealias Context = ServiceRequestContext

    package init() {}

    package func handle(
        _ request: Request, context: ServiceRequestContext,
        next: @concurrent (Request, ServiceRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.adopt(request)
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            log(request, context, status: Int(response.status.code), since: start, error: nil)
            return response
        } catch let error as any HTTPResponseError {
            log(request, context, status: Int(error.status.code), since: start, error: nil)
            throw error
        } catch {
            log(request, context, status: 500, since: start, error: error)
            throw error
        }
    }

    private func log(
        _ request: Request, _ context: ServiceRequestContext, status: Int, since start: ContinuousClock.Instant,
        error: (any Error)?
    ) {
        let level: Logger.Level = status >= 500 ? .error : .debug
        guard level >= BundleLog.level else { return }
        let elapsed = start.duration(to: .now) / .milliseconds(1)
        var fields: Logger.Metadata = [
            LogField.method: .string(request.method.rawValue), LogField.path: .string(request.uri.path),
            LogField.status: .stringConvertible(status), LogField.remote: .string(context.remoteAddress),
            LogField.durationMilliseconds: .stringConvertible((elapsed * 1_000).rounded() / 1_000),
        ]
        if let error { fields[LogField.error] = .string("\(error)") }
        context.logger.log(
            level: level, "\(request.method.rawValue) \(request.uri.path) → \(status) in \(Int(elapsed)) ms",
            metadata: fields)
    }
}
