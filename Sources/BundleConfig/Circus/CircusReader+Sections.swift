// [circus], [socket:…] and [plugin:…].

extension CircusReader {
    /// What of [circus] has no equivalent, and what there is instead.
    private static let unequalled = [
        "check_delay": "Nothing need be done: the death of a process is seen at once",
        "endpoint": "dockmaster finds the supervisor by its run folder: dockmaster status --run DIR",
        "pubsub_endpoint": "Follow what happens with dockmaster events",
        "multicast_endpoint": "Nothing need be done",
        "stats_endpoint": "Ask with dockmaster stats or dockmaster top",
        "statsd": "Ask with dockmaster stats, or use the plugin statsd",
        "httpd": "Set supervisor.control.tcp with a token_file, and read its JSON",
        "httpd_host": "Set supervisor.control.tcp with a token_file",
        "httpd_port": "Set supervisor.control.tcp with a token_file",
        "debug": "Read dockmaster logs dockmaster", "debug_gc": "Nothing need be done",
        "loglevel": "Ask dockmaster logs for a level: --level warning",
        "logoutput": "The supervisor's log is in the logs folder, the journal and the terminal",
        "loggerconfig": "The supervisor's log is in the logs folder, the journal and the terminal",
        "fqdn_prefix": "Nothing need be done",
    ]

    mutating func supervisorSection(_ placeholders: CircusPlaceholders) -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        for (key, value) in file["circus"]?.entries ?? [] {
            let text = placeholders.expand(value.text)
            let path = "circus.\(key)"
            switch key {
            case "include", "include_dir": continue
            case "umask": pairs.append((key, Self.node(text, value, path)))
            case "pidfile":
                let place = FilePath.absolute(text, from: FilePath.parent(of: value.file))
                pairs.append((key, Self.node(place, value, path)))
            case "warmup_delay":
                pairs.append((key, Self.node(CircusValue.seconds(text) ?? text, value, path, plain: true)))
            case "endpoint_owner":
                pairs.append(("control", .mapping([("admin", .list([Self.node(text, value, path)]))])))
            default:
                warnings.append(
                    file.error(
                        value, path, Self.unequalled[key] == nil ? "is not a key of circus" : "has no equivalent",
                        Self.unequalled[key] ?? "Remove it, or correct its name"))
            }
        }
        return .mapping(pairs)
    }

    // MARK: Sockets

    mutating func socketsSection(_ placeholders: CircusPlaceholders) -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        for (name, section) in file.sections(of: "socket") {
            var node = ConfigurationNode.mapping(socket(section, "socket:\(name)", placeholders))
            (node.path, node.file, node.line) = ("socket:\(name)", section.file, section.line)
            pairs.append((name.lowercased(), node))
        }
        return .mapping(pairs)
    }

    private mutating func socket(
        _ section: CircusFile.Section, _ place: String, _ placeholders: CircusPlaceholders
    ) -> [(String, ConfigurationNode)] {
        var pairs: [(String, ConfigurationNode)] = []
        let isUnix = section["path"] != nil
        let isIPv6 = section["family"]?.text.trimmedText == "AF_INET6"
        if isIPv6, !isUnix, ["localhost", nil].contains(section["host"]?.text) {
            pairs.append(("host", .string("::1")))
        }
        if isUnix, section["umask"] == nil { pairs.append(("mode", .string("0755"))) }
        for (key, value) in section.entries {
            let text = placeholders.expand(value.text)
            let path = "\(place).\(key)"
            switch key {
            case "host" where isUnix || isIPv6 && text == "localhost", "port" where isUnix, "family", "replace":
                continue
            case "host", "port", "backlog", "interface", "blocking":
                pairs.append((key, Self.node(text, value, path, plain: true)))
            case "path":
                let place = FilePath.absolute(text, from: FilePath.parent(of: value.file))
                pairs.append((key, Self.node(place, value, path)))
            case "so_reuseport": pairs.append(("reuse_port", Self.node(text, value, path, plain: true)))
            case "type":
                let kind = text.uppercased().replacing("SOCK_", with: "")
                pairs.append((key, Self.node(kind.lowercased(), value, path)))
            case "umask":
                let mask = UInt32(text, radix: 8) ?? 0
                pairs.append(("mode", Self.node("0" + String(0o777 & ~mask, radix: 8), value, path)))
            case "proto" where text == "0": continue
            default:
                warnings.append(file.error(value, path, "has no equivalent", "Remove it"))
            }
        }
        return pairs
    }

    // MARK: Plugins

    private static let plugins = [
        "Flapping": "flapping", "ResourceWatcher": "resource_watcher", "CommandReloader": "command_reloader",
        "HttpObserver": "http_observer", "StatsdEmitter": "statsd", "FullStats": "statsd",
    ]
    private static let folder = "/etc/dockmaster/plugins"
    /// What of a plugin's section is taken over; the rest is circus's own, or of the process that a plugin is there.
    private static let settings: [String: Set<String>] = [
        "flapping": ["attempts", "window", "retry_in", "max_retry", "active"],
        "resource_watcher": [
            "watcher", "loop_rate", "max_cpu", "min_cpu", "max_mem", "min_mem", "health_threshold", "max_count",
            "process_children", "child_signal",
        ],
        "command_reloader": ["loop_rate"],
        "http_observer": ["check_url", "timeout", "restart_on_error", "loop_rate"],
        "statsd": ["application_name", "host", "port", "loop_rate"],
    ]

    mutating func pluginsSection(_ placeholders: CircusPlaceholders) -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        for (name, section) in file.sections(of: "plugin") {
            guard let use = section["use"] else { continue }
            let kind = use.text.split(separator: ".").last.map(String.init) ?? ""
            guard let ours = Self.plugins[kind] else {
                warnings.append(
                    file.error(
                        use, "plugin:\(name).use", "is \(use.text), which has no equivalent",
                        ["RedisObserver", "WatchDog"].contains(kind)
                            ? "Give the watcher a health: check or a watchdog:"
                            : "Write it as a program that speaks JSON lines, as etc/plugins shows"))
                continue
            }
            var settings = settings(of: section, ours, "plugin:\(name)", placeholders)
            var plugin: [(String, ConfigurationNode)] = []
            switch ours {
            case "http_observer":
                plugin = [("cmd", script("http_observer.py")), ("may", .list([.string("restart")]))]
                if let index = settings.firstIndex(where: { $0.0 == "restart_on_error" }) {
                    settings[index].0 = "restart"
                }
            case "statsd":
                plugin = [("cmd", script("statsd.py"))]
                if kind == "StatsdEmitter" { settings.append(("loop_rate", .integer(0))) }
            default:
                plugin = [("use", .string(ours))]
                if ours == "resource_watcher" { addLimits(to: &settings) }
            }
            if !settings.isEmpty { plugin.append(("settings", .mapping(settings))) }
            var node = ConfigurationNode.mapping(plugin)
            (node.path, node.file, node.line) = ("plugin:\(name)", section.file, section.line)
            pairs.append((name, node))
        }
        return .mapping(pairs)
    }

    private func script(_ name: String) -> ConfigurationNode {
        .list([.string("/usr/bin/python3"), .string("\(Self.folder)/\(name)")])
    }

    private mutating func settings(
        of section: CircusFile.Section, _ ours: String, _ place: String, _ placeholders: CircusPlaceholders
    ) -> [(String, ConfigurationNode)] {
        var result: [(String, ConfigurationNode)] = []
        for (spelled, value) in section.entries where spelled != "use" {
            let key = spelled == "service" ? "watcher" : spelled
            guard Self.settings[ours]?.contains(key) == true else {
                warnings.append(file.error(value, "\(place).\(spelled)", "is not used by \(ours)", "Remove it"))
                continue
            }
            var node = CircusValue.typed(placeholders.expand(value.text))
            (node.file, node.line) = (value.file, value.line)
            result.append((key, node))
        }
        return result
    }

    /// Circus limits these where nothing is said.
    private func addLimits(to settings: inout [(String, ConfigurationNode)]) {
        for (key, limit) in [("max_cpu", 90), ("max_mem", 90), ("health_threshold", 75)]
        where !settings.contains(where: { $0.0 == key }) {
            settings.append((key, .integer(limit)))
        }
    }
}
