import Glibc

@testable import BundleConfig

/// A folder below /tmp/config that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var random = SystemRandomNumberGenerator()
        path = "/tmp/config/\(String(random.next(), radix: 36))"
        try PrivateFile.makeFolder(path)
    }

    deinit {
        Self.remove(path)
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try PrivateFile.makeFolder(FilePath.parent(of: file))
        try PrivateFile.write(text, to: file, mode: mode, replacing: true)
        return file
    }

    func text(_ name: String) throws -> String {
        try PrivateFile.read("\(path)/\(name)")
    }

    /// The permission bits in octal: `600`.
    func mode(_ name: String) -> String {
        PrivateFile.mode("\(path)/\(name)").map { String($0, radix: 8) } ?? "absent"
    }

    private static func remove(_ path: String) {
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            closedir(stream)
        }
        Glibc.remove(path)
    }
}
