import Testing

/// What the whole bundle shows to real clients, one test at a time: each has engines, registries and ports of its own, but
/// two cores are shared.
@Suite("The whole bundle", .serialized)
enum WholeBundle {}
