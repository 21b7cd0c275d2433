import FoundationEssentials
import Glibc

/// What loading a configuration asks of the machine. Tests give their own.
struct BundleEnvironment: Sendable {
    /// Read when no file is named and this one is there.
    var defaultFile = "/etc/dockmaster/dockmaster.yaml"
    var now = Date()
    /// `{user}` of a pillar.
    var user = BundleEnvironment.userName()
    /// `{fqdn}` of a pillar.
    var hostName = BundleEnvironment.machineName()
    var trust = SystemTrust()

    private static func userName() -> String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
    }

    private static func machineName() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, gethostname(base, buffer.count - 1) == 0 else { return "localhost" }
            buffer[buffer.count - 1] = 0
            return String(cString: base)
        }
    }
}
