internal import NIOHTTP1
internal import RegistryToken

/// A plugin that serves HTTP on a unix socket: each question is POSTed as JSON, the answer is 200 with JSON.
struct PluginSocket: PluginTransport {
    /// Of an answer, in bytes.
    private static let limit = 64 << 10

    /// The absolute path of the socket.
    let path: String
    /// `/authn` or `/authz`.
    let target: String
    let time: Duration

    func ask(_ question: [UInt8]) async throws(BackendFailure) -> JSONValue {
        let answer = try await BackendHTTP.exchange(
            BackendHTTP.Question(
                url: BackendHTTP.url(socket: path, target: target), method: .POST,
                headers: [("content-type", "application/json")], body: question),
            within: time, limit: Self.limit)
        guard answer.status == 200 else {
            throw BackendFailure(
                problem: "\(path): \(target) is answered with \(answer.status)", isOutage: answer.status >= 500)
        }
        do throws(BackendFailure) {
            return try Self.object(answer.body)
        } catch {
            throw BackendFailure(problem: "\(path): \(error.problem)", isOutage: error.isOutage)
        }
    }

    func close() {}
}
