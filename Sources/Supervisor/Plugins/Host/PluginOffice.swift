internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// What a built-in plugin may see and ask for.
/// - On the loop's thread. Whatever is asked is done from the loop, never from within the call.
final class PluginOffice {
    /// A watcher with the pids of its processes.
    struct WatcherView {
        var definition: WatcherDefinition
        var pids: [ProcessID]
    }

    let plugin: String
    let loop: EventLoop
    /// Whether it starts because dockmaster does, and not with a reload or an upgrade.
    let isAtStart: Bool
    private unowned let host: PluginHost

    init(plugin: String, loop: EventLoop, isAtStart: Bool, host: PluginHost) {
        self.plugin = plugin
        self.loop = loop
        self.isAtStart = isAtStart
        self.host = host
    }

    var watchers: [WatcherView] { host.watcherViews }

    /// Whether the supervisor has been told to stop.
    var isStopping: Bool { host.isStopping }

    /// - Parameter answer: called once, with why it could not be done, or nil.
    func ask(
        _ order: PluginCommand.Order, _ reason: String, _ answer: @escaping (PluginNotice.Refused?) -> Void = { _ in }
    ) {
        host.obeyLater(PluginCommand(id: "", order: order, reason: reason), of: plugin, answer)
    }

    func info(_ sentence: String) { host.log?.info("plugin \(plugin): \(sentence)", [("plugin", plugin)]) }
    func warning(_ sentence: String) { host.log?.warning("plugin \(plugin): \(sentence)", [("plugin", plugin)]) }
}
