/// A watcher as it is configured.
package struct WatcherDefinition: Sendable, Equatable {
    /// How a running instance takes up a changed configuration file.
    package enum ReloadManner: Sendable, Equatable {
        /// SIGHUP; the process swaps its state without a lost request.
        case signal
        /// A new instance beside the old on the same sockets.
        case replace
    }

    package var name: String
    /// The program's path and its arguments.
    package var command: [String]
    package var environment: [String: String] = [:]
    package var folder: String?
    package var sockets: [SocketDefinition] = []
    /// Starts only once these are ready, and stops before them. A watcher that fails later does not stop this one.
    package var after: [String] = []
    /// Like `after`, and the start is given up when one of these fails to start.
    package var requires: [String] = []
    package var reload: ReloadManner = .signal
    /// Fingerprints of the files that the process reads again on reload.
    package var files: [String: UInt64] = [:]
    package var settings = WatcherSettings()
    /// The signal the kernel sends when the supervisor itself is killed; nil: none.
    package var parentDeathSignal: Int32?

    package init(name: String, command: [String]) {
        self.name = name
        self.command = command
    }

    /// A fingerprint for `files`: FNV-1a, which tells versions of one file apart and reveals nothing of its secrets.
    package static func fingerprint(_ contents: String) -> UInt64 {
        contents.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
