/// One HTTP request on the control socket.
struct ControlRequest: Sendable, Equatable {
    var method: String
    /// Without its query.
    var path: String
    var headers: [String: String]
    var body: [UInt8]

    /// Whether the client wants text for people.
    var wantsText: Bool { headers["accept"]?.hasPrefix("text/plain") ?? false }
}
