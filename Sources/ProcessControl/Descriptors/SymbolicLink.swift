internal import Glibc

/// Where a symbolic link leads.
package enum SymbolicLink {
    /// - Returns: nil where no link stands, or none that may be read.
    package static func target(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
