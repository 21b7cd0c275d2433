internal import ArgumentParser
internal import BundleConfig
internal import Glibc

/// The options that say which bundle is meant. Each stands in the environment as well; the command line wins.
struct BundleArguments: ParsableArguments {
    @Option(help: "The configuration file, or DOCKMASTER_CONFIG.")
    var config: String?
    @Option(help: "The data folder, or DOCKMASTER_DATA.")
    var data: String?
    @Option(help: "The folder for logs, or DOCKMASTER_LOGS.")
    var logs: String?
    @Option(help: "The folder for sockets and generated files, or DOCKMASTER_RUN.")
    var run: String?
    @Option(help: "The name that clients use, or DOCKMASTER_DOMAIN.")
    var domain: String?
    @Option(help: "The port for https, or DOCKMASTER_HTTPS_PORT.")
    var httpsPort: Int?
    @Option(help: "The port for http, or DOCKMASTER_HTTP_PORT; 0 for none.")
    var httpPort: Int?

    /// The options with the environment filled in.
    func options(environment: (String) -> String? = BundleArguments.variable) throws(Refusal) -> BundleOptions {
        BundleOptions(
            config: config ?? environment("DOCKMASTER_CONFIG"), data: data ?? environment("DOCKMASTER_DATA"),
            logs: logs ?? environment("DOCKMASTER_LOGS"), run: run ?? environment("DOCKMASTER_RUN"),
            domain: domain ?? environment("DOCKMASTER_DOMAIN"),
            httpsPort: try port(httpsPort, "DOCKMASTER_HTTPS_PORT", environment),
            httpPort: try port(httpPort, "DOCKMASTER_HTTP_PORT", environment))
    }

    private func port(
        _ given: Int?, _ name: String, _ environment: (String) -> String?
    ) throws(Refusal) -> Int? {
        if let given { return given }
        guard let text = environment(name) else { return nil }
        guard let number = Int(text) else {
            throw Refusal(problems: ["\(name) is \"\(text)\", which is not a port. Give a number from 0 to 65535."])
        }
        return number
    }

    /// A variable that is set and not empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
