import BundleConfig
import NIOCore

/// Lays out the pipeline of a connection that has been accepted.
enum ConnectionSetup {
    /// - Throws: when the channel is gone already, or there are too many connections.
    static func accept(_ channel: any Channel, tls: Bool, services: LoopServices) throws {
        let state = services.current.load()
        let remote = clientAddress(channel)
        let address = AddressRange.bytes(of: remote) ?? []
        services.figures.accepted += 1
        let refusal = services.table.add(
            channel, address: AddressBook.Key(address), limits: state.configuration.limits)
        if let refusal {
            services.figures.refuse(refusal)
            throw ChannelError.ioOnClosedChannel
        }
        defer {
            if services.table.isDraining {
                channel.pipeline.syncOperations.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        let connection = ClientConnection(
            remote: remote, address: address, https: tls, tls: nil, isHTTP2: false,
            port: channel.localAddress?.port ?? (tls ? 443 : 80))
        guard tls else {
            try addHTTP1(channel, services: services, connection: connection)
            return
        }
        guard let certificates = state.certificates else { throw ChannelError.operationUnsupported }
        let handshake = HandshakeHandler(
            timeout: state.handshakeTimeout, services: services, connection: connection)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(
            ClientHelloReader(certificates: certificates, challenges: services.challenges, files: services.files))
        try pipeline.addHandler(handshake)
    }

    /// The peer's address; an IPv4 client of a socket for both families as the IPv4 address that it is.
    /// - Source: RFC 4291, section 2.5.5.2.
    private static func clientAddress(_ channel: any Channel) -> String {
        guard let address = channel.remoteAddress?.ipAddress else { return "unknown" }
        let mapped = "::ffff:"
        return address.hasPrefix(mapped) && address.contains(".") ? String(address.dropFirst(mapped.count)) : address
    }

    static func addHTTP1(_ channel: any Channel, services: LoopServices, connection: ClientConnection) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ServerCodec(limits: services.current.load().http1))
        try pipeline.addHandler(RequestHandler(services: services, connection: connection))
    }
}
