internal import BundleConfig

/// What is found while a configuration is read: refusals, of which one is enough to keep it out, and warnings.
struct ConfigurationReading {
    /// Unknown keys are warnings, as docker_auth ignores them; what could open a door stays refused.
    var isCompatible = false
    var errors: [ConfigurationError] = []
    var warnings: [ConfigurationError] = []
    /// Files beside the configuration that were read: a change of one is a change of the configuration.
    private(set) var files: [String] = []

    mutating func refuse(_ error: ConfigurationError) { errors.append(error) }
    mutating func warn(_ warning: ConfigurationError) { warnings.append(warning) }

    /// Runs a step; its refusal is noted and nil returned, so that reading goes on to find the next.
    mutating func attempt<Value>(_ step: () throws(ConfigurationError) -> Value?) -> Value? {
        do {
            return try step()
        } catch {
            errors.append(error)
            return nil
        }
    }

    /// The text of a file that `node` names; nil when it cannot be read, which is refused.
    mutating func file(_ path: String, at node: ConfigurationNode) -> String? {
        files.append(path)
        do throws(TextFile.Problem) {
            return try TextFile.read(path)
        } catch {
            refuse(node.refused(error.problem, remedy: error.remedy))
            return nil
        }
    }

    /// Notes a file that a back-end reads by itself.
    mutating func depends(on path: String) { files.append(path) }

    /// Unknown keys of a mapping: refused, or warned of in compatibility mode.
    mutating func check(_ node: ConfigurationNode, knows keys: [String]) {
        let unknown = node.unknownKeys(keys)
        if isCompatible { warnings += unknown } else { errors += unknown }
    }

    /// - Throws: everything that was refused.
    func finish() throws(ConfigurationErrors) {
        if !errors.isEmpty { throw ConfigurationErrors(errors) }
    }
}
