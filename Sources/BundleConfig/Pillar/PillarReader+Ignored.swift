// The pillar's keys that have no place in a bundle: refused where that would break something, else a warning that says
// why.

extension PillarReader {
    private static let builtInRoutes =
        "the built-in routes are /authserver/ → auth, /v2/ → registry and / → www_dir; "
        + "others are written as proxy.routes and proxy.upstreams of a dockmaster.yaml: "
        + "`location /x/ { proxy_pass http://h:80; }` as the route {prefix: /x/, upstream: x} and the upstream "
        + "{name: x, socket: 'h:80'}, root as docroot, return 301 as redirect, add_header as headers, allow and deny as they are"

    mutating func checkIgnored(_ data: ConfigurationNode, _ placeholders: PillarPlaceholders) {
        refuseTemplate(data["nginx_upstreams"], sample: "/files/nginx.upstreams.conf")
        refuseTemplate(data["nginx_vhost"], sample: "/files/nginx.content.conf")
        warn(data["binaries"], "is not used: the bundle brings its own programs")
        warn(data["configs"], "is not used: the bundle renders its workers' files itself, into the run folder")
        if let node = data["conf"], !node.isNull, (try? node.string()) != dataRoot + "/configuration" {
            warn(node, "is not used: the bundle keeps its own files in \(dataRoot)/configuration")
        }
        checkAddresses(data, placeholders)
        guard let force = data["force_ssl"], !force.isNull else { return }
        if problems.attempt({ try force.bool() }) == false {
            warn(force, "is not used: port 80 always leads to https, so that no password crosses the net in the clear")
        }
    }

    /// The workers listen on unix sockets below the run folder: the inner addresses of the old stack mean nothing here.
    private mutating func checkAddresses(_ data: ConfigurationNode, _ placeholders: PillarPlaceholders) {
        for key in ["port", "auth_port"] {
            guard let node = data[key], !node.isNull else { continue }
            problems.attempt {
                guard (1...65_535).contains(try node.integer()) else {
                    throw node.refused("is not a port", remedy: "Write a number from 1 to 65535")
                }
            }
        }
        let registry = "\(placeholders.values["host"] ?? ""):\(placeholders.values["port"] ?? "")"
        let inner: [(node: ConfigurationNode?, usual: [String], socket: String)] = [
            (data["host"], ["127.0.0.1", "localhost"], "registry.sock"), (data["port"], ["5000"], "registry.sock"),
            (data["registry"]?["addr"], [registry], "registry.sock"),
            (data["auth_address"], ["127.0.0.1", "localhost"], "auth.sock"), (data["auth_port"], ["5004"], "auth.sock"),
        ]
        for (node, usual, socket) in inner {
            guard let node, !node.isNull, let text = problems.attempt({ try node.string() }), !usual.contains(text)
            else { continue }
            warn(node, "is not used: that worker listens on the unix socket \(socket) in the run folder")
        }
    }

    /// A template of nginx: the sample's own says what the built-in routes do.
    private mutating func refuseTemplate(_ node: ConfigurationNode?, sample: String) {
        guard let node, !node.isNull else { return }
        if let text = try? node.string(), text.isEmpty || (text.hasPrefix("salt://") && text.hasSuffix(sample)) {
            return
        }
        problems.add([
            node.refused(
                "is a template of nginx, which dockmaster does not run", remedy: "Remove it: \(Self.builtInRoutes)")
        ])
    }

    private mutating func warn(_ node: ConfigurationNode?, _ problem: String) {
        guard let node, !node.isNull, node.isScalar || !node.keys.isEmpty || node.isSequence else { return }
        warnings.append(node.refused(problem, remedy: "Remove it"))
    }
}
