import Glibc

/// Paths as text: made absolute and free of `.` and `..`.
package enum FilePath {
    /// The folder that a path stands in; `/` for `/`.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// The path as it is meant from `base`, without `.`, `..` and doubled slashes. Links are not followed.
    static func absolute(_ path: String, from base: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(base)/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": parts = parts.dropLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func workingFolder() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let base = buffer.baseAddress, let path = getcwd(base, buffer.count) else { return "/" }
            return String(cString: path)
        }
    }

    /// Whether a path lies below a folder. Both absolute.
    static func lies(_ path: String, below folder: String) -> Bool {
        path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
}
