import BundleConfig
import NIOCore
import NIOHTTP1

/// One request and its answer: what is known, how far both are, and what has been counted.
final class Exchange {
    /// Who answers.
    enum Mode: Equatable {
        /// Not decided: an HTTP/2 request whose first frame does not tell whether a body follows.
        case undecided
        case relay
        /// The proxy itself; the body of the request is dropped.
        case local
    }

    enum Answer: Equatable {
        case none
        case begun
        case complete
    }

    /// A body of no more bytes can be sent a second time.
    private static let keptLimit = 16 << 10

    var head: HTTPRequestHead
    /// The configuration that was in force when the request came.
    let state: ProxyState
    let requestID: String
    let began = NIODeadline.now()

    var framing = BodyFraming.none
    var mode = Mode.undecided
    var answer = Answer.none
    /// Whether the request has been read in full.
    var isComplete = false

    var isRead: Bool { head.method == .GET || head.method == .HEAD }

    var host: HostName?
    var target: RequestTarget?
    var route: RouteTable.Entry?

    /// Who is to answer; nil when the proxy does.
    var asked: Upstream?
    /// Which of its servers does.
    var endpoint: UpstreamEndpoint?
    var lease: UpstreamLease?
    var upstream: UpstreamConnection?
    /// The body that has arrived before the upstream was there: what one read gives, then reading stops.
    var queued: [ByteBuffer] = []
    /// All of the body that has come; nil once it is more than `keptLimit`.
    private(set) var kept: [ByteBuffer]? = []
    var hasRetried = false
    var upstreamBegan: NIODeadline?
    var upstreamTook: TimeAmount?

    var documents: DocumentSender?
    /// Who has signed in for files.
    var user: String?

    var status = 0
    var bytesIn = 0
    var bytesOut = 0
    var problem: String?
    var isUpstreamsFault = false
    /// Whether a client whose body is waited for sends enough.
    var pace: ClientPace
    /// Whether a client for which the answer waits takes enough, in bytes of its connection.
    var readerPace: ClientPace
    /// From when on the body may go on, when uploads are held to a rate.
    var uploadDue = NIODeadline.uptimeNanoseconds(0)
    /// When something last moved in either direction.
    var progress = NIODeadline.now()

    init(head: HTTPRequestHead, state: ProxyState, requestID: String) {
        self.head = head
        self.state = state
        self.requestID = requestID
        pace = ClientPace(state.configuration.limits)
        readerPace = pace
    }

    /// Counts a part of the body, and keeps it while there is little.
    func note(_ body: ByteBuffer) {
        bytesIn += body.readableBytes
        if bytesIn > Self.keptLimit { kept = nil } else { kept?.append(body) }
    }

    /// Whether the request may be sent a second time.
    /// - Parameter isUnread: nobody has read all of it, so that nobody can have acted on it and it may be one which changes
    ///   something. Not a PATCH with a body: an upload may have grown by the part that was read.
    func isRepeatable(isUnread: Bool) -> Bool {
        guard !hasRetried else { return false }
        if framing == .none || framing == .fixed(0) {
            return isUnread || framing == .none && (head.method == .GET || head.method == .HEAD)
        }
        return isUnread && isComplete && kept != nil && head.method != .PATCH
    }

    /// What its metrics are counted under: the upstream's name, or a word for what the proxy answers itself.
    var routeName: String {
        if let upstream = route?.route.upstream { return upstream }
        return route.map { $0.route.docroot == nil ? "redirect" : "documents" } ?? "proxy"
    }

    /// Whether a client waits for `100 Continue` before it sends the body.
    var awaitsContinue: Bool {
        !isComplete && head.version != .http1_0
            && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }
}

@available(*, unavailable)
extension Exchange: Sendable {}
