import Supervision
import Testing

@testable import Supervisor

@Suite("A plugin's settings")
struct PluginSettingsTests {
    private func problems(_ use: String, _ settings: String) -> [String] {
        do throws(Refusal) {
            try PluginCheck.validate([PluginDefinition(name: "p", use: .builtIn(use), settings: settings)])
            return []
        } catch {
            return error.problems
        }
    }

    @Test(
        "are taken when they are right",
        arguments: [
            ("resource_watcher", #"{"watcher":"web*","max_mem":"800MiB","min_mem":5,"max_cpu":90,"loop_rate":"30s"}"#),
            ("resource_watcher", #"{"max_fds":100,"max_count":1,"process_children":true,"child_signal":"USR1"}"#),
            ("command_reloader", "{}"), ("command_reloader", #"{"watcher":"a","loop_rate":1}"#),
            ("flapping", "{}"),
            ("flapping", #"{"attempts":3,"window":2,"retry_in":"7s","max_retry":-1,"active":true,"watcher":"*"}"#),
            ("cron", #"{"jobs":{"a":{"schedule":"@daily","run":"true"},"b":{"schedule":"* * * * *","watcher":"w"}}}"#),
            (
                "cron",
                #"{"jobs":{"a":{"schedule":"@daily","run":["/bin/true"],"overlap":true},"b":{"schedule":"@weekly","do":"reload"}}}"#
            ),
        ])
    func right(use: String, settings: String) {
        #expect(problems(use, settings) == [])
    }

    @Test(
        "are refused with the key and the remedy when they are not",
        arguments: [
            (
                "telepathy", "{}",
                "plugins.p.use: telepathy is no built-in plugin. Use one of command_reloader, cron, flapping, resource_watcher, or name a program with cmd."
            ),
            (
                "resource_watcher", "{}",
                "plugins.p.settings: name no limit. Name one: max_mem: 800MiB, max_cpu: 90, max_fds: 1000."
            ),
            (
                "resource_watcher", #"{"max_mem":900}"#,
                "plugins.p.settings.max_mem: \"900\" has no unit. Write 800MiB, or a percentage of the machine: 50%."
            ),
            (
                "resource_watcher", #"{"max_memm":"1MiB"}"#,
                "plugins.p.settings.max_memm: is not a known key. Did you mean max_mem?"
            ),
            (
                "resource_watcher", #"{"max_cpu":"much"}"#,
                "plugins.p.settings.max_cpu: \"much\" is no percentage. Write 90."
            ),
            (
                "resource_watcher", #"{"max_cpu":9,"child_signal":"SIGFOO"}"#,
                "plugins.p.settings.child_signal: SIGFOO is no signal. Write TERM."
            ),
            ("flapping", #"{"attempts":0}"#, "plugins.p.settings.attempts: is 0. Write 1 or more."),
            ("cron", "{}", "plugins.p.settings: names no jobs. Write jobs: {NAME: {schedule: \"@daily\", run: …}}."),
            (
                "cron", #"{"jobs":{"a":{"schedule":"61 * * * *","run":"x"}}}"#,
                "plugins.p.settings.jobs.a.schedule: is no schedule: \"61\" is no minute. It is 0 to 59."
            ),
            (
                "cron", #"{"jobs":{"a":{"schedule":"@daily"}}}"#,
                "plugins.p.settings.jobs.a: does nothing. Give it run, or do and watcher."
            ),
            (
                "cron", #"{"jobs":{"a":{"schedule":"@daily","run":"x","watcher":"w"}}}"#,
                "plugins.p.settings.jobs.a: has run beside do and watcher. Keep one: run a command, or do something to a watcher."
            ),
            (
                "cron", #"{"jobs":{"a":{"run":"x"}}}"#,
                "plugins.p.settings.jobs.a: has no schedule. Write schedule: \"30 4 * * *\"."
            ),
        ])
    func wrong(use: String, settings: String, problem: String) {
        #expect(problems(use, settings) == [problem])
    }

    @Test("are not the only thing that is checked: names, commands and may: lists are")
    func definitions() {
        let same = PluginDefinition(name: "web", use: .executable(["/bin/true"]))
        #expect(throws: Refusal.self) { try PluginCheck.validate([same], watchers: ["web"]) }
        let may = PluginDefinition(name: "p", use: .executable(["/bin/true"]), may: ["restart", "explode"])
        #expect(
            throws: Refusal(problems: [
                "plugins.p.may: explode is no command. Known are restart, stop, start, signal, reload, emit, run."
            ])
        ) { try PluginCheck.validate([may]) }
        let nothing = PluginDefinition(name: "p", use: .executable([]))
        #expect(throws: Refusal(problems: ["plugins.p.cmd: is empty. Name a program."])) {
            try PluginCheck.validate([nothing])
        }
    }
}
