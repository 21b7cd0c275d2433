/// Where a route of the kind `redirect` sends a request.
enum RouteRedirect {
    /// A redirect that ends with a slash takes what follows the route's prefix, and the query; any other is taken as it is.
    static func location(_ redirect: String, prefix: String, target: RequestTarget) -> String {
        guard redirect.hasSuffix("/") else { return redirect }
        return redirect.dropLast() + target.forwarded(stripping: prefix)
    }
}
