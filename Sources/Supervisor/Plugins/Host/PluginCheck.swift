internal import BundleConfig
internal import PluginInterface
internal import Supervision

/// Judges plugins before anything changes: names, `may:` lists, and the settings of the built-in ones. Executables are
/// asked nothing.
enum PluginCheck {
    /// - Throws: every problem there is, each with its remedy.
    static func validate(_ plugins: [PluginDefinition], watchers: [String] = []) throws(Refusal) {
        let problems = plugins.flatMap { Self.problems(of: $0, watchers: watchers) }
        guard problems.isEmpty else { throw Refusal(problems: problems) }
    }

    private static func problems(of plugin: PluginDefinition, watchers: [String]) -> [String] {
        var problems: [String] = []
        if plugin.name == "dockmaster" || watchers.contains(plugin.name) {
            problems.append(
                "plugins.\(plugin.name): a watcher has the same name, and both would write one log. Rename the plugin.")
        }
        for name in plugin.may.sorted() where !PluginCommand.names.contains(name) {
            problems.append(
                "plugins.\(plugin.name).may: \(name) is no command. Known are \(PluginCommand.names.joined(separator: ", "))."
            )
        }
        switch plugin.use {
        case .executable(let command):
            if command.first?.isEmpty ?? true {
                problems.append("plugins.\(plugin.name).cmd: is empty. Name a program.")
            }
            if JSONFields(Array(plugin.settings.utf8)) == nil {
                problems.append("plugins.\(plugin.name).settings: must be a mapping. Write it as `key: value` lines.")
            }
        case .builtIn:
            do throws(ConfigurationErrors) {
                _ = try make(plugin)
            } catch {
                problems += error.errors.map(\.description)
            }
        }
        return problems
    }

    /// Makes a built-in plugin of its settings; nil for an executable.
    static func make(_ plugin: PluginDefinition) throws(ConfigurationErrors) -> (any BuiltInPlugin)? {
        guard case .builtIn(let kind) = plugin.use else { return nil }
        let place = "plugins.\(plugin.name)"
        guard let type = BuiltInPlugins.kinds[kind] else {
            let known = BuiltInPlugins.kinds.keys.sorted().joined(separator: ", ")
            throw ConfigurationErrors([
                ConfigurationError(
                    key: "\(place).use", problem: "\(kind) is no built-in plugin",
                    remedy: "Use one of \(known), or name a program with cmd")
            ])
        }
        do {
            return try type.init(try ConfigurationNode.parse(plugin.settings, file: nil))
        } catch let errors as ConfigurationErrors {
            throw ConfigurationErrors(errors.errors.map { placed($0, at: place) })
        } catch let error as ConfigurationError {
            throw ConfigurationErrors([placed(error, at: place)])
        } catch {
            throw ConfigurationErrors([ConfigurationError(key: place, problem: "\(error)", remedy: "")])
        }
    }

    /// The settings were handed on as one line: their position in it tells nobody anything.
    private static func placed(_ error: ConfigurationError, at place: String) -> ConfigurationError {
        var error = error
        error.line = nil
        error.key = "\(place).settings" + (error.key.isEmpty ? "" : ".\(error.key)")
        return error
    }
}
