import Testing

/// Waits until the condition holds, for up to 10 s.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async rethrows {
    for _ in 0..<1_000 {
        if try await condition() { return }
        try? await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
}
