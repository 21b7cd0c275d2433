internal import RegistryToken

/// The way to a plugin: one question, one answer, both JSON objects.
protocol PluginTransport: Sendable {
    /// - Parameter question: one line.
    /// - Throws: no answer in time, or none that is a JSON object.
    func ask(_ question: [UInt8]) async throws(BackendFailure) -> JSONValue
    func close()
}

extension PluginTransport {
    static func object(_ answer: [UInt8]) throws(BackendFailure) -> JSONValue {
        do throws(JSONRefusal) {
            let value = try JSONReader.read(answer)
            if value.members != nil { return value }
        } catch {}
        throw BackendFailure(problem: "its answer is no JSON object", isOutage: false)
    }
}
