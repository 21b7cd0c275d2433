import BundleLog
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import RegistryModel
import RegistryStorage

/// The registry's whole interface: reads the path, asks the gate, runs the operation, and turns every error into the
/// protocol's form. It never calls what comes after it.
struct RegistryMiddleware: RouterMiddleware {
    typealias Context = ServiceRequestContext

    let storage: any RegistryStore
    let settings: SettingsBox
    let journal: ActivityJournal
    /// Nil where nobody is ever told.
    var hub: NotificationHub?
    let pushing = TagsInHand()
    var reservations = UploadReservations()
    /// Nil where nothing is counted.
    var metrics: RegistryMetrics?
    /// Nil where nothing but the storage is looked at.
    var health: HealthMonitor?
    /// For changes of the referrers' tags.
    let referrersTurn = Turn()
    let disk = DiskWatch()
    /// Nil unless this registry is a cache of another.
    var mirror: PullThrough?

    func handle(
        _ request: Request, context: ServiceRequestContext,
        next: @concurrent (Request, ServiceRequestContext) async throws -> Response
    ) async throws -> Response {
        let current = settings.current
        let path = RegistryPath(request.uri.path, below: current.pathPrefix)
        let start = ContinuousClock.now
        metrics?.begin(path.handler)
        var response: Response
        do throws(OCIError) {
            response = try await answer(RegistryRequest(request, context, current), path)
        } catch {
            response = try error.response(from: request, context: context)
        }
        metrics?.end(
            path.handler, method: request.method.rawValue, status: Int(response.status.code),
            took: start.duration(to: .now) / .seconds(1),
            received: request.headers[.contentLength].flatMap(Int.init) ?? 0, sent: response.body.contentLength ?? 0)
        response.headers[.dockerAPIVersion] = "registry/2.0"
        if !current.headers.isEmpty { response.headers.append(contentsOf: current.headers) }
        return response
    }

    private func answer(_ request: RegistryRequest, _ path: RegistryPath) async throws(OCIError) -> Response {
        do {
            return try await route(request, path)
        } catch let error as OCIError {
            if error.code == .denied { logDenied(request, error) }
            throw error
        } catch let error as StorageError {
            logFailure(request, error)
            disk.note(error)
            throw OCIError(error)
        } catch is CancellationError {
            throw OCIError(.unavailable)
        } catch {
            request.logger.error("\(request.method) failed: \(error)", metadata: [LogField.error: "\(error)"])
            throw OCIError(.unknown)
        }
    }

    private func route(_ request: RegistryRequest, _ path: RegistryPath) async throws -> Response {
        if path != .health, let problem = health?.refusal {
            throw OCIError(.unavailable, message: "the registry is out of service: \(problem)")
        }
        // What a browser asks before it may ask; `http.headers` says what it may.
        if request.method == .options, path != .unknown { return request.empty(.ok, [.allow: path.methods]) }
        switch path {
        case .health: return try await health(request)
        case .base: return try await base(request)
        case .catalog: return try await catalog(request)
        case .tags(let name): return try await tags(request, name)
        case .manifest(let name, let reference): return try await manifest(request, name, reference)
        case .blob(let name, let digest): return try await blob(request, name, digest)
        case .uploads(let name): return try await beginUpload(request, name)
        case .upload(let name, let id): return try await upload(request, name, id)
        case .referrers(let name, let digest): return try await referrers(request, name, digest)
        case .invalidName(let name):
            throw OCIError(.nameInvalid, detail: ["name": String(name.prefix(300))])
        case .unknown:
            throw OCIError(
                .unsupported, message: "there is nothing here: the registry is at \(request.settings.pathPrefix)/v2/",
                status: .notFound)
        }
    }

    /// Lets the caller pass who may do all of this.
    func admit(_ request: RegistryRequest, _ scopes: Scope...) async throws(OCIError) -> RegistryRequest {
        var request = request
        request.caller = try await request.settings.gate.admit(
            request.headers, needs: scopes, origin: request.origin)
        return request
    }

    /// - Throws: 405 while the registry only reads.
    func requireWritable(_ request: RegistryRequest) throws(OCIError) {
        try requireOwn()
        guard request.settings.isReadOnly else { return }
        throw OCIError(
            .unsupported,
            message: "the registry is read-only for maintenance (storage.maintenance.readonly); try again later")
    }

    /// - Throws: 405 unless deletion is enabled.
    func requireDeletable(_ request: RegistryRequest) throws(OCIError) {
        try requireWritable(request)
        guard !request.settings.isDeleteEnabled else { return }
        throw OCIError(
            .unsupported, message: "deleting is not enabled: set storage.delete.enabled in the registry's configuration"
        )
    }

    func methodNotAllowed(_ allowed: String) -> OCIError {
        OCIError(.unsupported, message: "this path takes \(allowed)", headers: [.allow: allowed])
    }

    private func base(_ request: RegistryRequest) async throws(OCIError) -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        _ = try await admit(request)
        if let problem = health?.storageProblem { throw OCIError(.unavailable, message: problem) }
        var response = request.json(ByteBuffer(string: "{}"))
        // Not an error: docker asks here before it pulls, too, and pulls go on.
        if await disk.isFull(storage) {
            response.headers[.warning] =
                "299 - \"the registry's disk is full: pushes are refused until there is space\""
        }
        return response
    }

    private func health(_ request: RegistryRequest) async throws -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        if let problem = health?.problems.first?.problem { return unavailable(request, problem) }
        do {
            if !request.settings.isReadOnly { try await storage.checkWritable() }
            return request.json(ByteBuffer(string: "{\"status\":\"ok\"}\n"))
        } catch {
            if case StorageError.noSpace = error { return unavailable(request, OCIError(error).message, "disk full") }
            return unavailable(request, OCIError(error).message)
        }
    }

    private func unavailable(_ request: RegistryRequest, _ reason: String, _ problem: String? = nil) -> Response {
        var body = JSONLine()
        body.add("status", "unavailable")
        if let problem { body.add("problem", problem) }
        body.add("reason", reason)
        var response = request.json(ByteBuffer(bytes: body.finished()))
        response.status = .serviceUnavailable
        return response
    }

    private func logDenied(_ request: RegistryRequest, _ error: OCIError) {
        request.logger.warning(
            "denied: \(error.message)",
            metadata: [
                LogField.event: "denied", LogField.remote: "\(request.context.remoteAddress)",
                LogField.method: "\(request.method)", LogField.path: "\(request.request.uri.path)",
            ])
    }

    private func logFailure(_ request: RegistryRequest, _ error: StorageError) {
        let level: Logger.Level
        switch error {
        case .io, .corrupt, .noSpace: level = .error
        case .bodyFailed, .uploadBusy, .digestMismatch: level = .info
        case .repositoryUnknown, .blobUnknown, .manifestUnknown, .tagUnknown, .contentMissing, .uploadUnknown,
            .offsetMismatch, .stopping:
            level = .debug
        }
        request.logger.log(
            level: level, "\(request.method) \(request.request.uri.path): \(error)",
            metadata: [LogField.error: "\(error.problem)", LogField.remote: "\(request.context.remoteAddress)"])
    }
}
