internal import ArgumentParser

/// `acl evaluate`: JSON lines in, one answer a line out.
///
/// In: `{"acl":[…],"request":{…}}`, or `{"acl":[…]}` to have it checked. Out: `{"rule":N,"allowed":[…]}` or
/// `{"error":"…"}`; for a check that finds nothing `{"error":null}`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Decides requests given as JSON lines on standard input.")

    func run() throws {
        while let line = readLine() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            print(AccessEvaluation.answer(line))
        }
    }
}
