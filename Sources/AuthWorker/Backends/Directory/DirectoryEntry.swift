/// An entry that a search has found.
struct DirectoryEntry: Sendable, Equatable {
    var name: String
    /// The values of the attributes that were asked for, in the order of the question. Values that are no UTF-8 are left out.
    var values: [[String]]
}
