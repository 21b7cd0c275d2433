import FoundationEssentials

@testable import BundleConfig

/// Loads configurations in a folder of their own, on a machine that has none of its own.
struct TestBundle {
    let folder: TemporaryFolder
    var environment: BundleEnvironment

    init(now: Date = TestCertificates.now) throws {
        folder = try TemporaryFolder()
        environment = BundleEnvironment()
        environment.defaultFile = folder.path + "/none.yaml"
        environment.now = now
        environment.user = "registry"
        environment.hostName = "host.example.test"
        environment.trust = SystemTrust(path: folder.path + "/trusted.pem")
    }

    var options: BundleOptions {
        BundleOptions(data: folder.path + "/data", logs: folder.path + "/logs", run: folder.path + "/run")
    }

    /// Loads a text as `dockmaster.yaml`.
    func load(
        _ text: String, mode: UInt32 = 0o600, name: String = "dockmaster.yaml",
        change: (inout BundleOptions) -> Void = { _ in }
    ) throws -> BundleConfiguration {
        var options = options
        options.config = try folder.write(name, text, mode: mode)
        change(&options)
        return try BundleConfiguration.load(options, environment)
    }

    /// What a text is refused with, the folder written as `DIR`.
    func refusals(_ text: String, mode: UInt32 = 0o600, name: String = "dockmaster.yaml") -> [String] {
        do {
            _ = try load(text, mode: mode, name: name)
            return []
        } catch let errors as ConfigurationErrors {
            return errors.errors.map { shown($0) }
        } catch {
            return ["another error: \(error)"]
        }
    }

    func shown(_ error: ConfigurationError) -> String {
        error.description.replacing(folder.path, with: "DIR")
    }

    /// The rendered file of a name, parsed.
    func document(_ name: String, of configuration: BundleConfiguration) throws -> ConfigurationNode {
        let files = try configuration.rendered()
        guard let file = files.first(where: { $0.name == name }) else { return .null }
        return try ConfigurationNode.parse(file.contents, file: file.path)
    }
}

extension ConfigurationNode {
    /// A scalar deep in a document: `node.text("token", "issuer")`.
    func text(_ keys: String...) -> String? {
        keys.reduce(Optional(self)) { $0?[$1] }.flatMap { try? $0.string() }
    }
}

extension String {
    /// The text with every line moved right, for a YAML block.
    func indented(_ width: Int) -> String {
        split(separator: "\n").map { String(repeating: " ", count: width) + $0 }.joined(separator: "\n")
    }
}
