import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A process that is started", .serialized)
struct ArbiterLaunchTests {
    /// Runs a watcher's script to its end and gives what it wrote.
    private func output(
        _ script: String, in folder: ScenarioFolder? = nil, _ change: (inout WatcherDefinition) -> Void = { _ in }
    ) throws -> String {
        let scenario = try Scenario(
            [
                Scenario.shell("a", script) {
                    $0.isOneshot = true
                    change(&$0)
                }
            ], in: folder)
        _ = try scenario.wait { scenario.arbiter.watchers["a"]?.isIdle == true && scenario.instance("a") > 0 }
        _ = try scenario.stop()
        return scenario.read("logs/a/a.log")
    }

    private func problem(_ change: (inout WatcherDefinition) -> Void) throws -> String {
        let scenario = try Scenario([
            Scenario.shell("a", "true") {
                $0.settings.policy.limit = 1
                change(&$0)
            }
        ])
        _ = try scenario.wait { scenario.state("a") == "failed" }
        return try scenario.slot("a").spawnProblem ?? ""
    }

    @Test("is found along PATH, or missed in words")
    func path() throws {
        #expect(try output("") { $0.command = ["echo", "found"] } == "found\n")
        let missing = try problem { $0.command = ["no-such-program"] }
        #expect(missing.hasPrefix("there is no program no-such-program in /"))
    }

    @Test("has placeholders resolved, in both spellings")
    func placeholders() throws {
        let text = try output(
            "echo $(circus.wid) ((circus.env.COLOUR)) $(CIRCUS.ENV.COLOUR) '$(circus.nothing)' $THEME"
        ) {
            $0.environment = ["COLOUR": "blue", "THEME": "dark-$(circus.env.colour)"]
            $0.command[2] = "echo \"$1\"; echo $THEME"
            $0.command += ["sh", "$(circus.wid) ((circus.env.COLOUR)) $(circus.nothing) $((1+1)) $(dockmaster.name)"]
        }
        #expect(text == "1 blue $(circus.nothing) $((1+1)) a\ndark-blue\n")
    }

    @Test("knows its watcher, instance and place, and of our environment what it asked for")
    func environment() throws {
        setenv("DOCKMASTER_TEST_SECRET", "s3cret", 1)
        let script = "echo $DOCKMASTER_WATCHER $DOCKMASTER_INSTANCE $DOCKMASTER_WID ${DOCKMASTER_TEST_SECRET-none}"
        #expect(try output(script) == "a 1 1 none\n")
        #expect(try output(script) { $0.copiesEnvironment = true } == "a 1 1 s3cret\n")
    }

    @Test("gets the secrets of its environment file, read anew at each start")
    func environmentFile() throws {
        let folder = try ScenarioFolder()
        try write("# comment\nexport TOKEN='a b'\nQUOTED=\"x\\\"y\"\nPLAIN= z \n", folder, "env", 0o600)
        let text = try output("echo \"$TOKEN|$QUOTED|$PLAIN\"", in: folder) {
            $0.environmentFile = "\(folder.path)/env"
        }
        #expect(text == "a b|x\"y|z\n")
        chmod("\(folder.path)/env", 0o640)
        #expect(try problem { $0.environmentFile = "\(folder.path)/env" }.contains("chmod 600"))
        chmod("\(folder.path)/env", 0o600)
        try write("PASSWORD=hunter2\nhunter3\n", folder, "env", 0o600)
        let wrong = try problem { $0.environmentFile = "\(folder.path)/env" }
        #expect(wrong.contains("line 2, is not NAME=value") && !wrong.contains("hunter"))
        #expect(try problem { $0.environmentFile = "\(folder.path)/none" }.contains("cannot read env_file"))
    }

    private func write(_ text: String, _ folder: ScenarioFolder, _ name: String, _ mode: FileMode) throws {
        let file = try OwnedDescriptor.open("\(folder.path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        let bytes = Array(text.utf8)
        #expect(Glibc.write(file.number, bytes, bytes.count) == bytes.count)
    }

    @Test("has the user, groups, limits, mask and priority of its definition")
    func attributes() throws {
        let isRoot = geteuid() == 0
        let text = try output("id -un; id -gn; ulimit -n; ulimit -c; umask; nice; grep NoNewPrivs /proc/self/status") {
            if isRoot { $0.attributes.user = "nobody" }
            $0.attributes.limits = [
                .init(resource: "nofile", soft: 100, hard: 200), .init(resource: "RLIMIT_CORE", soft: 0, hard: 0),
            ]
            $0.attributes.umask = 0o027
            $0.attributes.nice = 5
            $0.attributes.noNewPrivileges = true
        }
        let lines = text.split(separator: "\n").map(String.init)
        #expect(Array(lines.suffix(5)) == ["100", "0", "0027", "5", "NoNewPrivs:\t1"])
        if isRoot { #expect(Array(lines.prefix(2)) == ["nobody", "nogroup"]) }
        #expect(try problem { $0.attributes.limits = [.init(resource: "colour", soft: 1, hard: 1)] }.contains("colour"))
    }

    @Test("for a user that does not exist is refused before anything starts")
    func unknownUser() throws {
        var definition = Scenario.shell("a", "true")
        definition.attributes.user = "no-such-user"
        #expect(throws: Refusal.self) { _ = try Scenario([definition]) }
        let scenario = try Scenario([Scenario.shell("b", "sleep 1000")])
        var answer: OrderOutcome.Entry?
        scenario.arbiter.addWatcher(definition, starts: true) { answer = $0 }
        #expect(try scenario.wait { answer != nil })
        #expect(answer?.problem?.contains("user no-such-user does not exist") == true)
        scenario.next.value = .success(
            DesiredState(definitions: [definition], logs: "\(scenario.folder.path)/logs"))
        var outcome: ReloadOutcome?
        #expect(try scenario.settle())
        scenario.arbiter.requestReload { outcome = $0 }
        #expect(try scenario.wait { outcome != nil })
        #expect(outcome?.isApplied == false)
        #expect(outcome?.problems.first?.contains("user no-such-user does not exist") == true)
        #expect(try scenario.stop() == 0)
    }

    @Test("has the user's supplementary groups")
    func supplementaryGroups() throws {
        let root = try UserDatabase.find(user: "root", group: nil)
        #expect(root.identity.user == 0 && root.identity.group == 0 && root.home == "/root")
        #expect(try UserDatabase.find(user: "0", group: "nogroup").identity.group == 65534)
        #expect(
            try UserDatabase.find(user: "54321", group: nil).identity
                == .init(user: 54321, group: 54321, groups: [54321]))
        #expect(throws: UserDatabase.Unknown.self) {
            try UserDatabase.find(user: nil, group: "no-such-group")
        }
    }

    @Test("writes each stream where it is told to")
    func streams() throws {
        let folder = try ScenarioFolder()
        let text = try output("echo out; echo err >&2", in: folder) {
            $0.error = OutputDefinition(.file("\(folder.path)/errors.log"))
        }
        #expect(text == "out\n")
        #expect(TextFile.read("\(folder.path)/errors.log") == "err\n")
        #expect(try output("echo out; echo err >&2") { $0.output = OutputDefinition(.discard) } == "err\n")
    }

    @Test("finds its socket at standard input")
    func standardInput() throws {
        let folder = try ScenarioFolder()
        let place = SocketDefinition.Place.unix(path: "\(folder.path)/in.sock", mode: 0o600)
        let text = try output("readlink /proc/$$/fd/0 | cut -c1-7; echo $1", in: folder) {
            $0.sockets = [SocketDefinition(name: "in", place: place)]
            $0.inputSocket = "in"
            $0.command += ["sh", "$(circus.sockets.in)"]
        }
        #expect(text == "socket:\n3\n")
    }

    @Test("that fails to start leaves the rest undisturbed")
    func failures() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "true") { $0.command = ["/etc/passwd"] },
            Scenario.shell("b", "sleep 1000"),
        ])
        #expect(try scenario.wait { scenario.state("a") == "backoff" && scenario.state("b") == "running" })
        #expect(try scenario.slot("a").spawnProblem?.contains("Permission denied") == true)
        #expect(try scenario.stop() != nil)
    }
}
