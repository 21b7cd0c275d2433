import BundleConfig
import NIOSSL

/// `notifications`: who is told what.
struct NotificationSettings: Sendable, Equatable {
    /// `notifications.endpoints[]`
    struct Endpoint: Sendable, Equatable {
        var name: String
        var isDisabled = false
        /// `http` or `https`; it may hold a token, so it is not logged beyond its host.
        var url: Secret
        /// The host and port of the URL, for the log.
        var host: String
        /// Their values are secrets.
        var headers: [Header] = []
        var timeout: Duration = .seconds(1)
        var retry = RetryPolicy()
        var ignoredMediaTypes: Set<String> = []
        var ignoredActions: Set<RegistryEvent.Action> = []
        /// How many bytes of events are kept; beyond that the oldest are dropped.
        var queueLimit = 64 << 20
        var trust = TLSConfiguration.makeClientConfiguration()

        static func == (left: Endpoint, right: Endpoint) -> Bool {
            left.name == right.name && left.isDisabled == right.isDisabled && left.url == right.url
                && left.headers == right.headers && left.timeout == right.timeout && left.retry == right.retry
                && left.ignoredMediaTypes == right.ignoredMediaTypes && left.ignoredActions == right.ignoredActions
                && left.queueLimit == right.queueLimit && left.trust.bestEffortEquals(right.trust)
        }

        /// Whether the endpoint is to hear of it.
        func wants(_ action: RegistryEvent.Action, mediaType: String?) -> Bool {
            !ignoredActions.contains(action) && !(mediaType.map(ignoredMediaTypes.contains) ?? false)
        }
    }

    /// A header that goes with each notification.
    struct Header: Sendable, Equatable {
        var name: String
        var value: Secret
    }

    var endpoints: [Endpoint] = []
    /// `events.includereferences`: what a manifest names goes with it.
    var includesReferences = false
}
