/// Where a request over plain HTTP is sent.
struct HTTPSRedirect: Sendable, Equatable {
    /// The host that is named when the request's own is not one of ours.
    var domain: String
    /// Host names and `*.` wildcards that are ours.
    var names: [String]
    var port: Int

    /// 301 for what a browser repeats as it is, 308 for what must keep its method and body.
    static func status(method: String) -> Int {
        method == "GET" || method == "HEAD" ? 301 : 308
    }

    /// `https://host[:port]/path?query`
    func location(host: HostName?, target: RequestTarget) -> String {
        let own = host.flatMap { host in
            names.contains(where: host.matches) || HostName.matches(host.name, domain) ? host.name : nil
        }
        let authority = port == 443 ? own ?? domain : "\(own ?? domain):\(port)"
        return "https://\(authority)\(target.forwarded(stripping: nil))"
    }
}
