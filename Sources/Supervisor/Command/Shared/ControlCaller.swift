internal import ArgumentParser

/// Calls the supervisor for a command: targets, refusals in words, exit codes.
struct ControlCaller {
    let socket: String
    var patience: Duration?

    init(_ arguments: ControlArguments, patience: Duration? = .seconds(30)) throws(CallFailure) {
        socket = try arguments.socket()
        self.patience = patience
    }

    func get(_ path: String, _ query: [(String, String)] = []) throws(CallFailure) -> JSONValue {
        let answer = try ask("GET", path, query)
        try Self.check(answer)
        return answer.json
    }

    /// The answer as it comes, refusals included.
    func ask(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: String? = nil
    ) throws(CallFailure) -> ControlClient.Answer {
        try ControlClient.ask(method, Self.target(path, query), body: body, at: socket, timeout: patience)
    }

    static func target(_ path: String, _ query: [(String, String)]) -> String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\(PercentCoding.encoded($0.0))=\(PercentCoding.encoded($0.1))" }.joined(separator: "&")
    }

    static func watcherPath(_ pattern: String, _ order: String? = nil) -> String {
        let segment = pattern.split(separator: ",").map { PercentCoding.encoded(String($0)) }.joined(separator: ",")
        return "/v1/watchers/\(segment)" + (order.map { "/\($0)" } ?? "")
    }

    /// Throws what a refusal says.
    static func check(_ answer: ControlClient.Answer) throws(CallFailure) {
        guard answer.status >= 300 else { return }
        let problem = answer.json["problem"].string ?? "the supervisor answered \(answer.status)"
        let remedy = answer.json["remedy"].string.map { "; \($0)" } ?? ""
        let isOwn = answer.status >= 500 && answer.status != 504
        throw CallFailure(isOwn ? .server : .failed, problem + remedy)
    }
}

extension ParsableCommand {
    /// Runs what may fail as a call does, and ends with its exit code.
    func calling(_ body: () throws(CallFailure) -> Void) throws {
        do throws(CallFailure) {
            try body()
        } catch {
            throw CommandFailure.end(Refusal(problems: error.problems), code: error.kind.rawValue)
        }
    }
}
