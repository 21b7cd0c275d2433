internal import Glibc

/// Finds a program as execvp(3) would.
package enum ExecutableSearch {
    /// - Parameter path: the value of PATH.
    /// - Returns: the name itself where it has a slash; nil where no folder has such a program.
    package static func find(_ name: String, path: String) -> String? {
        if name.contains("/") { return name }
        guard !name.isEmpty else { return nil }
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = folder.isEmpty ? "./\(name)" : "\(folder)/\(name)"
            if access(candidate, X_OK) == 0, !isFolder(candidate) { return candidate }
        }
        return nil
    }

    private static func isFolder(_ path: String) -> Bool {
        guard let stream = opendir(path) else { return false }
        closedir(stream)
        return true
    }
}
