/// Lets one reload at a time through: SIGHUP and a changed file may come together.
actor ReloadTurn {
    /// - Parameter body: must not suspend for another turn.
    func take(_ body: @Sendable () throws -> Void) throws {
        try body()
    }
}
