// `proxy.listen`: the public sockets.

extension ProxySettingsReader {
    /// The configured listeners, or https on 443 and http on 80 of every address; ports of the command line win.
    func listeners(_ node: ConfigurationNode?) throws -> [ProxyConfiguration.Listener] {
        var listeners: [ProxyConfiguration.Listener] = []
        if let node, !node.isNull {
            for element in try node.sequence() { listeners.append(try listener(element)) }
        } else {
            listeners = [
                .init(name: "https", address: "::", port: 443, tls: true),
                .init(name: "http", address: "::", port: 80, tls: false),
            ]
        }
        for index in listeners.indices {
            let override = listeners[index].tls ? options.httpsPort : options.httpPort
            listeners[index].port = override ?? listeners[index].port
        }
        try checkOptions()
        if options.httpPort == 0 || !settings.redirect { listeners.removeAll { !$0.tls } }
        return try checked(listeners, node)
    }

    private func listener(_ node: ConfigurationNode) throws -> ProxyConfiguration.Listener {
        _ = try node.mapping()
        try node.refuseUnknownKeys(["name", "address", "port"])
        let name = try node.string("name") ?? "https"
        guard ["https", "http"].contains(name) else {
            throw (node["name"] ?? node).refused("\(name) is not a kind of listener", remedy: "Write https or http")
        }
        let address = try node.string("address") ?? "::"
        guard HostName.bytes(of: address) != nil else {
            throw (node["address"] ?? node).refused(
                "\(address) is not an IP address", remedy: "Write :: for every address, or one such as 127.0.0.1")
        }
        let port = try node.integer("port") ?? (name == "https" ? 443 : 80)
        guard (1...65_535).contains(port) else {
            throw (node["port"] ?? node).refused("\(port) is not a port", remedy: "Write a number from 1 to 65535")
        }
        return .init(name: name, address: address, port: port, tls: name == "https")
    }

    private func checkOptions() throws {
        if let port = options.httpsPort, !(1...65_535).contains(port) {
            throw ConfigurationError(
                key: "--https-port", problem: "\(port) is not a port", remedy: "Give a number from 1 to 65535")
        }
        if let port = options.httpPort, !(0...65_535).contains(port) {
            throw ConfigurationError(
                key: "--http-port", problem: "\(port) is not a port",
                remedy: "Give a number from 1 to 65535, or 0 for none")
        }
    }

    private func checked(
        _ listeners: [ProxyConfiguration.Listener], _ node: ConfigurationNode?
    ) throws -> [ProxyConfiguration.Listener] {
        let place = node ?? ConfigurationNode(.null, path: "proxy.listen")
        guard listeners.contains(where: \.tls) else {
            throw place.refused("has no https listener", remedy: "Add {name: https, port: 443}")
        }
        for (index, listener) in listeners.enumerated() {
            let twin = listeners[..<index].first { $0.port == listener.port && $0.address == listener.address }
            if twin != nil {
                throw place.refused(
                    "opens port \(listener.port) of \(listener.address) twice",
                    remedy: "Give each listener its own port")
            }
        }
        return listeners
    }
}
