/// What a request was about, by its method and path: `push of team/app:1.4`.
/// - Source: OCI distribution-spec 1.1, "Endpoints".
struct TracedRequest: Equatable {
    enum Kind: String {
        case push, pull, deletion, listing, login, look, other
    }

    let kind: Kind
    let repository: String?
    /// `push of team/app:1.4`
    let words: String

    init(method: String, path: String) {
        let parts = path.split(separator: "/").map(String.init)
        let isHead = method == "HEAD"
        guard parts.first == "v2" else {
            let isToken = parts.last == "auth" || parts.last == "token"
            self.init(isToken ? .login : .other, nil, isToken ? "login" : "\(method) \(path)")
            return
        }
        if parts.count == 1 {
            self.init(.look, nil, "first look at the registry")
            return
        }
        if parts[1] == "_catalog" {
            self.init(.listing, nil, "listing of the repositories")
            return
        }
        let markers: Set = ["manifests", "blobs", "tags", "referrers"]
        guard let place = parts.lastIndex(where: markers.contains), place >= 2 else {
            self.init(.other, nil, "\(method) \(path)")
            return
        }
        let name = parts[1..<place].joined(separator: "/")
        let last = parts.count > place + 1 ? parts[place + 1] : ""
        switch (parts[place], method) {
        case ("manifests", "PUT"): self.init(.push, name, "push of \(Self.name(name, last))")
        case ("manifests", "DELETE"): self.init(.deletion, name, "deletion of \(Self.name(name, last))")
        case ("manifests", _):
            self.init(isHead ? .look : .pull, name, "\(isHead ? "look at" : "pull of") \(Self.name(name, last))")
        case ("blobs", "DELETE"): self.init(.deletion, name, "deletion of a layer of \(name)")
        case ("blobs", _) where last == "uploads": self.init(.push, name, "push of a layer to \(name)")
        case ("blobs", _):
            self.init(isHead ? .look : .pull, name, "\(isHead ? "look at" : "pull of") a layer of \(name)")
        case ("tags", _): self.init(.listing, name, "listing of the tags of \(name)")
        default: self.init(.listing, name, "listing of what refers to \(name)")
        }
    }

    private init(_ kind: Kind, _ repository: String?, _ words: String) {
        self.kind = kind
        self.repository = repository
        self.words = words
    }

    private static func name(_ name: String, _ reference: String) -> String {
        reference.contains(":") ? "\(name)@\(reference)" : "\(name):\(reference)"
    }
}
