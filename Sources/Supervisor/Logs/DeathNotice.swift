/// A death to be told, but for the last words.
struct DeathNotice: Sendable {
    var level: String
    /// "registry[2] died: SIGSEGV after 3 h 12 min. Restart in 0.5 s (failure 1 of 5 in 60 s)."
    var sentence: String
    /// "See: dockmaster logs registry"
    var hint: String
    var fields: [(String, String)]
}
