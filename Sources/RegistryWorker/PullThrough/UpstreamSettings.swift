import BundleConfig
import NIOSSL

/// `proxy`: the registry of which this one is a cache.
struct UpstreamSettings: Sendable, Equatable {
    var url: OutboundURL
    var username = ""
    var password = Secret("")
    /// How long content stays that nobody pulls; nil for ever.
    var timeToLive: Duration? = .seconds(168 * 3_600)
    /// How long a tag is believed without asking; zero asks for each pull.
    var revalidation: Duration = .zero
    /// How long the upstream may take to begin an answer.
    var timeout: Duration = .seconds(30)
    var trust = TLSConfiguration.makeClientConfiguration()

    static func == (left: UpstreamSettings, right: UpstreamSettings) -> Bool {
        left.url == right.url && left.username == right.username && left.password == right.password
            && left.timeToLive == right.timeToLive && left.revalidation == right.revalidation
            && left.timeout == right.timeout && left.trust.bestEffortEquals(right.trust)
    }

    /// Whether the password may be shown to whoever hands out tokens for the upstream.
    ///
    /// To the upstream's own host, to the host above it (`registry.gitlab.com` → `gitlab.com`), and to Docker Hub's
    /// `auth.docker.io`; over plain HTTP only to the upstream's own host, and only where the upstream itself is plain.
    func trusts(realm: OutboundURL) -> Bool {
        guard realm.isTLS || (!url.isTLS && realm.host == url.host) else { return false }
        if realm.host == url.host { return true }
        if ["registry-1.docker.io", "docker.io", "index.docker.io"].contains(url.host) {
            return realm.host == "auth.docker.io"
        }
        guard let dot = url.host.firstIndex(of: ".") else { return false }
        let parent = url.host[url.host.index(after: dot)...]
        // An address has no host above it, and a top-level domain is nobody's.
        let isAddress = url.host.contains(":") || url.host.allSatisfy { $0.isNumber || $0 == "." }
        return !isAddress && parent.contains(".") && realm.host == parent
    }
}
