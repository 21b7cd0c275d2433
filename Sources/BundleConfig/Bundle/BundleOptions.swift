/// What the command line and the environment say. nil: the file's value, or the default.
package struct BundleOptions: Sendable, Equatable {
    package var config: String?
    package var data: String?
    package var logs: String?
    package var run: String?
    package var domain: String?
    package var httpsPort: Int?
    /// 0 opens no port for http.
    package var httpPort: Int?

    package init(
        config: String? = nil, data: String? = nil, logs: String? = nil, run: String? = nil, domain: String? = nil,
        httpsPort: Int? = nil, httpPort: Int? = nil
    ) {
        self.config = config
        self.data = data
        self.logs = logs
        self.run = run
        self.domain = domain
        self.httpsPort = httpsPort
        self.httpPort = httpPort
    }
}
