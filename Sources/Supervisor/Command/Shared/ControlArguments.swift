internal import ArgumentParser
internal import BundleConfig
internal import Glibc

/// Which supervisor is asked, and how its answer is shown.
struct ControlArguments: ParsableArguments {
    @Option(help: "The supervisor's run folder, or DOCKMASTER_RUN.", completion: .directory)
    var run: String?
    @Option(help: "The configuration file that names the run folder, or DOCKMASTER_CONFIG.", completion: .file())
    var config: String?
    @Option(help: .hidden) var data: String?
    @Option(help: .hidden) var logs: String?
    @Flag(help: "Print JSON.")
    var json = false

    /// The places where a supervisor listens when nobody says where, the system's first.
    static let usualPlaces = ["/run/dockmaster/control.sock", "./var/run/control.sock"]

    /// Where the supervisor listens: in the run folder given, that of the configuration, or a usual place.
    func socket(environment: (String) -> String? = BundleArguments.variable) throws(CallFailure) -> String {
        if let run = run ?? environment("DOCKMASTER_RUN") { return "\(run)/control.sock" }
        let isNamed = (config ?? environment("DOCKMASTER_CONFIG")) != nil
        var options = BundleOptions()
        options.config = config ?? environment("DOCKMASTER_CONFIG")
        options.data = data ?? environment("DOCKMASTER_DATA")
        options.logs = logs ?? environment("DOCKMASTER_LOGS")
        do throws(Refusal) {
            let path = try BundleLoading.controlSocket(options)
            if isNamed || access(path, F_OK) == 0 { return path }
            return Self.usualPlaces.first { access($0, F_OK) == 0 } ?? path
        } catch {
            if !isNamed, let path = Self.usualPlaces.first(where: { access($0, F_OK) == 0 }) { return path }
            throw CallFailure(.failed, error.description)
        }
    }
}
