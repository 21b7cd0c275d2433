internal import ArgumentParser
internal import BundleLog

/// `dockmaster trace`: one request's way through proxy, auth and registry, and its outcome in words.
/// - Exit codes: 0, 1 for a request that no log knows, 2 for wrong usage.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Tell one request's way through proxy, auth and registry.",
        discussion: """
            The id stands in every log line and in the X-Request-Id header of every answer. With --last-failure, the \
            newest push, pull or login that failed is told instead; the argument is then a repository or a pattern.
            """)

    @Argument(help: "The request's id; with --last-failure a repository.") var request: String?
    @Flag(help: "Tell the newest push, pull or login that failed.") var lastFailure = false
    @OptionGroup var place: LogPlace
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let folder: LogFolder
        do throws(Refusal) {
            if request == nil && !lastFailure {
                throw Refusal(problems: ["name a request's id, or give --last-failure"])
            }
            folder = try place.folder()
        } catch {
            throw CommandFailure.end(error, code: 2)
        }
        do throws(Refusal) {
            if let problem = folder.problem { throw Refusal(problems: [problem]) }
            let snapshot = LogSnapshot(folder, watchers: folder.watchers, trouble: LogsCommand.warn)
            let trace = try find(TraceSearch(snapshot: snapshot), folder)
            print(json ? String(decoding: trace.json, as: UTF8.self) : trace.text, terminator: "")
        } catch {
            throw CommandFailure.end(error, code: 1)
        }
    }

    private func find(_ search: TraceSearch, _ folder: LogFolder) throws(Refusal) -> RequestTrace {
        let reach =
            search.snapshot.reachesBack.map { "they reach back to \(RequestTrace.clock($0))" } ?? "there are none yet"
        guard lastFailure else {
            if let request, let trace = search.trace(request) { return trace }
            throw Refusal(problems: ["no request \"\(request ?? "")\" in the logs in \(folder.path): \(reach)"])
        }
        if let id = search.lastFailure(in: request), let trace = search.trace(id) { return trace }
        let place = request.map { " of \($0)" } ?? ""
        throw Refusal(problems: ["no push, pull or login\(place) failed by the logs in \(folder.path): \(reach)"])
    }
}
