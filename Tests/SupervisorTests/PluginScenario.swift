import Glibc
import PluginInterface
import ProcessControl
import Supervision

@testable import Supervisor

/// A scenario with one worker that must never notice anything, and one plugin in perl that the test makes up.
final class PluginScenario {
    let scenario: Scenario
    private(set) var events: [SupervisorEvent] = []

    /// - Parameter script: what the plugin does after `hello`, which is in `$hello`. `say($line)` writes a line, `ready()`
    ///   subscribes to everything a test publishes, `$in` is where events come from.
    init(
        _ script: String, may: Set<String> = ["emit"], isRequired: Bool = false, settings: String = #"{"a":"b"}"#,
        change: (inout PluginDefinition) -> Void = { _ in }
    ) throws {
        // As `dockmaster run` does: a plugin that closes its input must not end the test.
        SignalStream.ignoreBrokenPipes()
        let forever = Scenario.shell("worker", "while :; do sleep 1000; done")
        let plugin = Self.plugin(script, may: may, isRequired: isRequired, settings: settings, change: change)
        let policy = RestartPolicy(
            initial: .milliseconds(20), settling: .seconds(30), limit: 3, window: .seconds(60), jitter: 0)
        scenario = try Scenario([forever]) {
            $0.plugins = [plugin]
        } prepare: { arbiter in
            arbiter.plugins.limits.deadline = .milliseconds(500)
            arbiter.plugins.policy = policy
        }
        _ = arbiter.events.subscribe { [weak self] event in self?.events.append(event) }
    }

    static func plugin(
        _ script: String, may: Set<String> = ["emit"], isRequired: Bool = false, settings: String = #"{"a":"b"}"#,
        change: (inout PluginDefinition) -> Void = { _ in }
    ) -> PluginDefinition {
        let prelude = """
            use POSIX; use IO::Handle; $| = 1;
            open(our $in, '<&=', 3); open(our $out, '>&=', 4); $out->autoflush(1);
            sub say { my $l = shift() . "\\n"; while (length $l) { my $n = syswrite($out, $l) // exit 9; substr($l,0,$n)='' } }
            sub ready { say('{"type":"ready","subscribe":["exited","emitted","gave_up"]}') }
            sub ack { say('{"type":"ack","seq":' . $1 . '}') if shift() =~ /"seq":(\\d+)/ }
            sub emit { say('{"type":"command","id":"' . $_[0] . '","do":"emit","reason":"because","fields":{"n":"' . $_[0] . '"}}') }
            our $hello = <$in>;
            """
        var plugin = PluginDefinition(
            name: "plug", use: .executable(["/usr/bin/perl", "-e", "\(prelude)\n\(script)"]), may: may,
            isRequired: isRequired, settings: settings)
        change(&plugin)
        return plugin
    }

    var arbiter: Arbiter { scenario.arbiter }
    var process: PluginProcess? { arbiter.plugins.process("plug") }
    var state: String { process?.machine.state.word ?? "none" }
    var status: PluginStatus? { arbiter.plugins.statuses.first }
    var workerPid: ProcessID? { arbiter.watchers["worker"].flatMap { $0.slots.first?.child?.pid } }
    /// What plugins and the supervisor have said: the log of dockmaster, written out up to here.
    var log: String { scenario.read("logs/dockmaster/dockmaster.log") }
    var pluginLog: String { scenario.read("logs/plug/plug.log") }

    func wait(_ limit: Duration = .seconds(15), until isSo: () -> Bool) throws -> Bool {
        try scenario.wait(limit, until: isSo)
    }

    /// Publishes an event that the plugin hears.
    func happen(_ fields: [String: String] = [:]) {
        arbiter.events.publish(SupervisorEvent(.emitted, watcher: "worker", fields: fields))
    }

    var emitted: [String] { events.filter { $0.kind == .emitted }.compactMap { $0.fields["n"] } }
}
