/// Why the embedded database cannot serve, or does not do what was asked. Never holds a secret.
enum AuthDatabaseProblem: Error, Equatable, Sendable {
    case tooWide(path: String, mode: String)
    case unusable(path: String, reason: String)
    case exists(String)
    case absent(String)
    case badPassword(String)
    case badValue(String, remedy: String)

    var problem: String {
        switch self {
        case .tooWide(let path, let mode): "\(path) has the mode \(mode): others can read password hashes"
        case .unusable(let path, let reason): "cannot use \(path): \(reason)"
        case .exists(let what): "\(what) exists already"
        case .absent(let what): "there is no \(what)"
        case .badPassword(let what): "the password \(what)"
        case .badValue(let what, _): what
        }
    }

    var remedy: String {
        switch self {
        case .tooWide(let path, _): "chmod 600 \(path)"
        case .unusable: "Check the path, its folder's permissions and the disk, or move the file away"
        case .exists: "Choose another name, or remove it first"
        case .absent: "List what there is"
        case .badPassword: "Choose another one"
        case .badValue(_, let remedy): remedy
        }
    }
}
