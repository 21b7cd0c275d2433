internal import Glibc

/// Finds a program along PATH, as a shell would.
enum ExecutablePath {
    /// The path of `name`; a name with a slash, or one that is nowhere, as it is.
    static func find(_ name: String, path: String) -> String {
        guard !name.isEmpty, !name.contains("/") else { return name }
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = "\(folder.isEmpty ? "." : folder)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        return name
    }
}
