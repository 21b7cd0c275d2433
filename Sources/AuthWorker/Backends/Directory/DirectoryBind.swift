/// What a directory says to a name and a password.
enum DirectoryBind: Sendable, Equatable {
    case accepted
    /// Wrong credentials.
    case refused
    /// The account may not sign in, whatever the password: it is locked, or its password has expired. In the server's words.
    case forbidden(String)
}
