/// What a plugin may cost. The values are the design's; tests shorten the times.
package struct PluginLimits: Sendable, Equatable {
    /// For `ready` after `hello`, for an acknowledgement, for reading what it is sent, for its end after `bye`.
    package var deadline: Duration = .seconds(5)
    /// Events sent and not yet acknowledged.
    package var window = 64
    /// Events that wait for a place in the window; the oldest gives way.
    package var queue = 256
    /// Bytes of one line that it sends.
    package var line = 64 << 10
    /// Commands within `commandWindow`.
    package var commands = 10
    package var commandWindow: Duration = .seconds(60)
    package var badLines = 3
    /// Bytes that wait for it; past this nothing more of it is read, so that its own questions cannot fill our memory.
    package var unread = 64 << 10

    package init() {}
}
