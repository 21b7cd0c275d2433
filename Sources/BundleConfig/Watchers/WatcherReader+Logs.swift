import Supervision

// Where the output goes.

extension WatcherReader {
    mutating func readLogs() {
        given("stdout") { definition.output = OutputDefinition(try Self.destination($0)) }
        given("stderr") { definition.error = OutputDefinition(try Self.destination($0)) }
        given("log") { definition.rotation = try RotationReader.rotation($0, over: rotation) }
    }

    private static func destination(_ node: ConfigurationNode) throws -> OutputDefinition.Destination {
        switch try node.string() {
        case "log": return .log
        case "discard": return .discard
        case "inherit": return .inherit
        case let text where text.contains("/"): return .file(try node.filePath())
        case let text: throw node.unknown(text, among: ["log", "discard", "inherit", "a path"])
        }
    }
}
