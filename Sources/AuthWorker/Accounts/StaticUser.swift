internal import BundleConfig
internal import HTTPService

/// A user of the configuration file.
struct StaticUser: Sendable, Equatable {
    enum Password: Sendable, Equatable {
        /// None is set: any password signs in, as docker_auth has it (the anonymous user is one of these).
        case any
        case bcrypt(BcryptHash)
        /// Something that is no bcrypt hash: no password signs in.
        case unusable
    }

    var password: Password
    var labels: Labels
    /// The hash is of the password's digest: see `PasswordHash`.
    var hashesDigest = false
}
