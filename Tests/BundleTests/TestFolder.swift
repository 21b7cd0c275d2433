import Foundation
import Glibc

/// A folder of one test's own below /tmp/bundle-tests. Paths are short: unix sockets allow 107 bytes.
struct TestFolder: Sendable {
    let path: String

    init(named name: String) throws {
        path = "/tmp/bundle-tests/\(name)-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func text(_ name: String) -> String {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Writes a file that only its owner reads: most of them hold passwords.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        chmod(path + "/" + name, 0o600)
        return path + "/" + name
    }

    /// A file of random bytes.
    @discardableResult
    func randomFile(_ name: String, mebibytes: Int) async throws -> String {
        try await Shell.check("head -c \(mebibytes)M /dev/urandom > '\(path)/\(name)'")
        return path + "/" + name
    }

    /// Removed even when a container or a mount left something of its own in it.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The repository's root, and the workplace's shared folder beside it.
    static let repository = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())
    static let shared = repository.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/shared"
    static let release = repository + "/.build/release"

    /// The permission bits.
    static func mode(_ path: String) -> mode_t? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber).map { mode_t(truncating: $0) }
    }
}
