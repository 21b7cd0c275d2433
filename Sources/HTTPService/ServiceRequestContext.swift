package import Hummingbird
import HTTPTypes
import Logging
package import NIOCore

/// What the two HTTP workers know of a request beside the request itself.
package struct ServiceRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The id that follows the request through proxy, auth and registry (X-Request-Id).
    package var requestID: String
    /// The client's address without a port; empty when unknown.
    package var remoteAddress: String
    /// Whether the connection comes over a unix socket, that is, from our own proxy: only then are its headers believed.
    package let isFromProxy: Bool
    /// The connection's own: a body that is streamed faster than it writes waits for its turns, or memory grows without limit.
    package let eventLoop: any EventLoop

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = ""
        eventLoop = source.channel.eventLoop
        switch source.channel.remoteAddress ?? source.channel.localAddress {
        case .v4, .v6:
            isFromProxy = false
            remoteAddress = source.channel.remoteAddress?.ipAddress ?? ""
        case .unixDomainSocket, nil:
            isFromProxy = true
            remoteAddress = ""
        }
    }

    /// Takes over what the proxy says of the request, or makes an id where there is no proxy.
    mutating func adopt(_ request: Request) {
        if isFromProxy {
            remoteAddress = request.headers[.realIP] ?? ""
            requestID = request.headers[.requestID] ?? RequestIdentifier.make()
        } else {
            requestID = RequestIdentifier.make()
        }
        logger[metadataKey: "request_id"] = .string(requestID)
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`.
    package static let requestID = Self.known("X-Request-Id")
    /// `X-Real-IP`.
    package static let realIP = Self.known("X-Real-IP")
    /// `Docker-Distribution-Api-Version`.
    package static let dockerAPIVersion = Self.known("Docker-Distribution-Api-Version")

    /// A name that is a valid token by construction.
    package static func known(_ name: StaticString) -> HTTPField.Name {
        HTTPField.Name(name.description) ?? .server
    }
}
