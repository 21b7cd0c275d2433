/// What of distribution's configuration has no place here, in one table: refused where ignoring it would change what is
/// stored or who may do what, else ignored with a warning that gives the reason.
enum UnsupportedKeys {
    enum Verdict {
        /// The remedy.
        case refused(String)
        /// The reason.
        case ignored(String)
    }

    static let table: [(path: String, verdict: Verdict)] =
        ["azure", "gcs", "inmemory", "oss", "rados", "s3", "s3aws", "swift", "testdriver"].map {
            ("storage.\($0)", .refused("Use storage.filesystem"))
        } + [
            ("auth.silly", .refused("It lets everybody in: use auth.token or auth.htpasswd")),
            (
                "http.tls",
                .refused(
                    "Let dockmaster-proxy serve TLS, and this registry a unix socket or 127.0.0.1: key material stays with the proxy"
                )
            ),
            ("storage.tag", .ignored("tags are looked up by the index, there is nothing to tune")),
            ("storage.cache.blobdescriptorsize", .ignored("the memory for manifests is bounded at 8 MiB")),
            ("storage.filesystem.maxthreads", .ignored("threads that wait for the disk are bounded already")),
            ("log.formatter", .ignored("lines are JSON, the supervisor renders them")),
            ("log.fields", .ignored("the supervisor names the process that a line comes from")),
            ("log.reportcaller", .ignored("lines name the event instead")),
            ("log.accesslog", .ignored("the access log is the proxy's")),
            ("http.secret", .ignored("an upload's state is on the disk alone, nothing needs to be signed")),
            ("http.http2", .ignored("HTTP/2 is the proxy's")),
            ("http.h2c", .ignored("HTTP/2 is the proxy's")),
            ("middleware", .ignored("there is no middleware")),
            ("reporting", .ignored("nothing is reported to third parties; the log has every failure")),
            ("redis", .ignored("no cache beside the registry's own is needed")),
            ("compatibility", .ignored("schema 1 is not taken; images of that kind that are there are served")),
        ]
}
