internal import PluginInterface

/// Finds a request in the logs of all workers.
struct TraceSearch {
    private static let secondsOfToken: Int64 = 900

    let snapshot: LogSnapshot

    func trace(_ id: String) -> RequestTrace? {
        var filter = LogFilter()
        filter.request = id
        var merge = snapshot.all(filter)
        var own: [LogEntry] = []
        while let entry = merge.next() { own.append(entry) }
        guard let plain = RequestTrace(id: id, own: own, token: nil), plain.request.kind != .login else {
            return RequestTrace(id: id, own: own, token: nil)
        }
        return RequestTrace(id: id, own: own, token: token(for: plain))
    }

    /// The line about the token that the request came with, most likely: the last before it, for the same place and
    /// repository.
    private func token(for trace: RequestTrace) -> LogEntry? {
        guard let remote = trace.remote, let repository = trace.repository else { return nil }
        var filter = LogFilter()
        filter.since = trace.began - Self.secondsOfToken * 1_000_000_000
        filter.until = trace.began
        filter.text = "\"event\":\"token\""
        filter.isWanted = { line in
            line.field("event")?.text == "token" && line.field("remote")?.text == remote
                && line.field("repository")?.text.split(separator: " ").contains(Substring(repository)) == true
        }
        return snapshot.newest(1, filter).first
    }

    /// The id of the newest request that failed to push, pull, delete or sign in.
    /// - Parameter repository: a name or pattern.
    func lastFailure(in repository: String?) -> String? {
        var newest: LogEntry?
        // As our own writers write it, so that other lines need not be parsed.
        for text in ["\"status\":4", "\"status\":5", "\"event\":\"denied\""] {
            var filter = LogFilter()
            filter.text = text
            filter.since = newest?.time
            filter.isWanted = { Self.isFailure($0, repository) }
            if let found = snapshot.newest(1, filter).first { newest = found }
        }
        return newest.flatMap { LogLine($0.line[...]).field("request_id")?.text }
    }

    static func isFailure(_ line: LogLine, _ repository: String?) -> Bool {
        guard line.field("request_id") != nil else { return false }
        let status = line.field("status").flatMap { Int($0.text) } ?? 403
        func matches(_ name: String) -> Bool { repository.map { WatcherGlob($0).matches(name) } ?? true }
        if line.field("event")?.text == "token" {
            let names = line.field("repository")?.text.split(separator: " ").map(String.init) ?? []
            return status >= 400 && (repository == nil || names.contains(where: matches))
        }
        // A first 401 is how a client learns where to sign in.
        guard status >= 400, status != 401, let method = line.field("method")?.text,
            let path = line.field("path")?.text
        else { return false }
        let request = TracedRequest(method: method, path: path)
        switch request.kind {
        case .push, .pull, .deletion: return request.repository.map(matches) ?? false
        // Clients look for what may not be there.
        case .look: return status != 404 && (request.repository.map(matches) ?? (repository == nil))
        case .listing, .login, .other: return false
        }
    }
}
