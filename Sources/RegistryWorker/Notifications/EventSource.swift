import Glibc
import RegistryStorage

/// Which registry tells of an event.
struct EventSource: Sendable {
    /// The host's name, and the port when there is one.
    var address: String
    /// New with each start of the process.
    let instance = UploadID().description

    init(port: Int? = nil) {
        var name = [CChar](repeating: 0, count: 256)
        // The last byte stays zero, whatever the name's length.
        let host =
            gethostname(&name, name.count - 1) == 0
            ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        address = port.map { "\(host):\($0)" } ?? host
    }
}
