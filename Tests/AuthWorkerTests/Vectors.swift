import RegistryToken
import Testing

@testable import AuthWorker

/// What was captured from a running docker_auth: `../shared/vectors/docker_auth` beside the package.
enum Vectors {
    static let folder: String = {
        let package = #filePath.split(separator: "/").dropLast(3)
        return "/" + (package.dropLast() + ["shared", "vectors", "docker_auth"]).joined(separator: "/")
    }()

    /// The lines of a file, each one JSON object.
    static func read(_ name: String) throws -> [JSONValue] {
        let text = try TextFile.read("\(folder)/\(name)")
        return try text.split(separator: "\n").map { try JSONReader.read(Array($0.utf8)) }
    }

    static func configuration(_ name: String) throws -> String {
        try TextFile.read("\(folder)/configs/\(name).yml")
    }
}

extension JSONValue {
    var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// A member's text; empty when it is absent or null.
    func text(_ key: String) -> String { self[key]?.string ?? "" }
}
