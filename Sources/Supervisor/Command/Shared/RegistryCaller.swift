/// Asks the running registry, through the socket that it has for administrators in the supervisor's run folder.
struct RegistryCaller {
    let socket: String

    init(_ arguments: ControlArguments) throws(CallFailure) {
        let control = try arguments.socket()
        socket = control.replacing("/control.sock", with: "") + "/registry-admin.sock"
    }

    /// One request, whose answer is a line of JSON for each thing that is done.
    /// - Throws: also for a line that tells a problem.
    func follow(
        _ method: String, _ path: String, _ query: [(String, String)], _ line: (JSONValue) throws(CallFailure) -> Void
    ) throws(CallFailure) {
        let client = try ControlClient(at: socket)
        let refusal = try client.follow(ControlCaller.target(path, query), by: method) {
            (text) throws(CallFailure) in
            let value = JSONValue(text.utf8) ?? .null
            if let problem = value["problem"].string {
                throw CallFailure(.failed, "\(problem); \(value["remedy"].string ?? "")")
            }
            try line(value)
            return true
        }
        if let refusal { try ControlCaller.check(refusal) }
    }
}
