internal import ArgumentParser
internal import BundleConfig
internal import BundleLog
internal import Glibc

/// Which file's access list is asked.
struct AccessListArguments: ParsableArguments {
    @Option(help: "docker_auth's configuration file, or one that is its acl alone.", completion: .file())
    var config: String

    /// Ends the process with 1 and every problem when the file is refused.
    func file() -> AccessListFile {
        do throws(ConfigurationErrors) {
            return try AccessListFile(config)
        } catch {
            Self.fail(error.errors.map(\.description))
        }
    }

    static func fail(_ problems: [String]) -> Never {
        for problem in problems { StandardError.write(Array("\(problem)\n".utf8)) }
        Glibc.exit(EXIT_FAILURE)
    }
}
