/// `health`: what is looked at now and then, and how often it may fail before the registry says that it is ill.
struct HealthSettings: Sendable, Equatable {
    enum Subject: Sendable, Equatable {
        /// The folder can be written to.
        case storage
        /// The file is not there: an administrator makes it to take the registry out of service.
        case file(String)
        case http(uri: String, status: Int, headers: [RegistryConfiguration.Header])
        case tcp(host: String, port: Int)

        /// As /debug/health calls it.
        var name: String {
            switch self {
            case .storage: "storagedriver_filesystem"
            case .file(let path): path
            case .http(let uri, _, _): uri
            case .tcp(let host, let port): "\(host):\(port)"
            }
        }
    }

    struct Check: Sendable, Equatable {
        var subject: Subject
        var interval: Duration = .seconds(10)
        var timeout: Duration = .seconds(5)
        /// Failures in a row.
        var threshold = 1
    }

    var checks: [Check] = []
}
