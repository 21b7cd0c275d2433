/// Asks the running auth worker, through the socket that it has for administrators in the supervisor's run folder.
struct AuthCaller {
    let socket: String

    init(_ arguments: ControlArguments) throws(CallFailure) {
        let control = try arguments.socket()
        socket = control.replacing("/control.sock", with: "") + "/auth-admin.sock"
    }

    func get(_ path: String, _ query: [(String, String)] = []) throws(CallFailure) -> JSONValue {
        try ask("GET", path, query, nil)
    }

    /// - Parameter body: secrets travel in it.
    func post(_ path: String, _ body: [(String, JSONValue)]) throws(CallFailure) -> JSONValue {
        try ask("POST", path, [], JSONValue.object(body).text)
    }

    private func ask(
        _ method: String, _ path: String, _ query: [(String, String)], _ body: String?
    ) throws(CallFailure) -> JSONValue {
        let answer = try ControlClient.ask(
            method, ControlCaller.target(path, query), body: body, at: socket, timeout: .seconds(60))
        try ControlCaller.check(answer)
        return answer.json
    }
}
