/// Whose certificates clients may, or must, show.
package struct ClientCertificates: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Who shows one must be verified; who shows none is served as before.
        case optional
        /// Who shows none is not served.
        case required
    }

    /// PEM: the authorities that sign them, with what stands between them and the clients.
    package var authority: String
    package var mode: Mode

    package init(authority: String, mode: Mode = .optional) {
        self.authority = authority
        self.mode = mode
    }

    static let keys = ["authority", "mode"]

    /// Reads the mode, the one thing that both files say alike.
    static func mode(_ node: ConfigurationNode) throws -> Mode? {
        guard let text = try node.string("mode"), let place = node["mode"] else { return nil }
        guard let mode = Mode(rawValue: text) else {
            throw place.refused("\(text) is not a mode", remedy: "Write optional or required")
        }
        return mode
    }

    /// Reads it from proxy.yml.
    init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(Self.keys)
        guard let authority = try node.string("authority") else {
            throw node.refused("needs authority", remedy: "Give the authority's certificate as PEM")
        }
        self.init(authority: authority, mode: try Self.mode(node) ?? .optional)
    }

    func node() -> ConfigurationNode {
        .mapping([("authority", .string(authority)), ("mode", .string(mode.rawValue))])
    }
}
