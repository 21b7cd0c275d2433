internal import Glibc

/// What of the supervisor's environment its children get: what any program may need to find its way, and nothing that
/// speaks of the supervisor, its sockets or its options.
enum ChildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH",
    ]
    private static let prefixes = ["LC_", "SWIFT_", "MALLOC_", "NIO_"]

    static func inherited() -> [String: String] {
        var result = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        var next = environ
        while let line = next.pointee {
            next = next.advanced(by: 1)
            let parts = String(cString: line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = String(parts[0])
            if names.contains(name) || prefixes.contains(where: { name.hasPrefix($0) }) {
                result[name] = String(parts[1])
            }
        }
        return result
    }
}
