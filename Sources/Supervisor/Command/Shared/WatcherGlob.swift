internal import Glibc

/// A pattern of watchers' names, as a shell would match file names: `*`, `web-?`, `[ab]*`.
struct WatcherGlob: Sendable, Equatable {
    let pattern: String
    init(_ pattern: String?) { self.pattern = pattern ?? "*" }
    func matches(_ name: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
