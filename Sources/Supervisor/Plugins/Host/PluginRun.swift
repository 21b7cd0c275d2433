internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// A command that a plugin runs to its end. Its output goes to the log under the plugin's name.
final class PluginRun {
    let plugin: String
    private let slot: Int
    private let relay: LogRelay
    private let child: ChildProcess

    /// - Parameter ended: called once, with why it did not end well, or nil.
    init(
        _ words: [String], of definition: PluginDefinition, under arbiter: Arbiter,
        _ ended: @escaping (PluginRun, PluginNotice.Refused?) -> Void
    ) throws {
        plugin = definition.name
        relay = arbiter.relay
        slot = arbiter.nextSlot
        arbiter.nextSlot += 1
        let ends = try Pipe().ends()
        let output = OwnedDescriptor(adopting: ends.writing)
        relay.post(
            .open(
                slot: slot, watcher: plugin, stream: .output, file: nil, rotation: arbiter.settings.rotation,
                descriptor: ends.reading))
        do {
            var request = try PluginProcess.request(words, definition, under: arbiter)
            request.input = arbiter.nullInput.number
            request.output = output.number
            request.error = output.number
            child = try Spawner.spawn(request)
        } catch {
            relay.post(.close(slot: slot))
            throw error
        }
        let program = words.first ?? ""
        arbiter.reaper.expect(child) { [self] status in
            child.signalGroup(SIGKILL)
            relay.post(.close(slot: slot))
            ended(self, status == .code(0) ? nil : .init("\(program) ended: \(status)", remedy: "see its log"))
        }
    }

    func end() {
        child.signalGroup(SIGTERM)
    }
}
