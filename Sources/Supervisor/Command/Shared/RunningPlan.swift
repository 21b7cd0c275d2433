internal import Glibc

/// What a reload would change in the supervisor that runs, in lines.
enum RunningPlan {
    /// Empty where none runs, or this user may not ask it.
    static func text(at socket: String) -> String {
        guard access(socket, F_OK) == 0,
            let answer = try? ControlClient.ask("GET", "/v1/plan", at: socket, timeout: .seconds(30))
        else { return "" }
        return text(answer.json)
    }

    static func text(_ plan: JSONValue) -> String {
        guard plan["valid"].bool == true else {
            return plan["problems"].values.map { "a reload would be refused: \($0.string ?? "")\n" }.joined()
        }
        let steps = plan["steps"].values.filter { $0["step"].string != "unchanged" }
        guard !steps.isEmpty else { return "a reload would change nothing\n" }
        let width = steps.map { TextWidth.of($0["watcher"].string ?? "") }.max() ?? 0
        return "a reload would change:\n"
            + steps.map { "  \(TextWidth.fit($0["watcher"].string ?? "", width))  \($0["step"].string ?? "")\n" }
            .joined()
    }
}
