import BundleConfig

/// Which route a request takes: the longest prefix wins, and among equal prefixes the one that names the host.
///
/// Pure. A prefix ends at a segment: `/v2/` takes `/v2` and `/v2/x`, never `/v2x`.
struct RouteTable: Sendable, Equatable {
    /// A route as the configuration has it, ready to be compared.
    struct Entry: Sendable, Equatable {
        var route: ProxyConfiguration.Route
        /// The prefix without its last slash.
        var bare: String

        init(_ route: ProxyConfiguration.Route) {
            self.route = route
            bare = route.prefix.hasSuffix("/") ? String(route.prefix.dropLast()) : route.prefix
        }

        /// Whether requests are for a registry's API, with its header and its rule for old clients.
        var isRegistry: Bool { bare == "/v2" }
    }

    private(set) var entries: [Entry]

    init(_ routes: [ProxyConfiguration.Route]) {
        entries = routes.map(Entry.init).enumerated().sorted { lhs, rhs in
            let (left, right) = (lhs.element, rhs.element)
            if left.bare.utf8.count != right.bare.utf8.count { return left.bare.utf8.count > right.bare.utf8.count }
            if left.route.hosts.isEmpty != right.route.hosts.isEmpty { return !left.route.hosts.isEmpty }
            return lhs.offset < rhs.offset
        }.map(\.element)
    }

    /// The position in `entries` of the route for a decoded path; nil when there is none.
    func match(path: String, host: HostName?) -> Int? {
        entries.firstIndex { entry in
            guard path.hasBytePrefix(entry.bare) else { return false }
            let next = path.utf8.dropFirst(entry.bare.utf8.count).first
            guard next == nil || next == UInt8(ascii: "/") else { return false }
            guard !entry.route.hosts.isEmpty else { return true }
            guard let host else { return false }
            return entry.route.hosts.contains { host.matches($0) }
        }
    }
}

extension String {
    /// Whether it begins with the bytes of `prefix`; unlike `hasPrefix` it knows nothing of Unicode equivalence.
    func hasBytePrefix(_ prefix: String) -> Bool {
        utf8.starts(with: prefix.utf8)
    }
}
