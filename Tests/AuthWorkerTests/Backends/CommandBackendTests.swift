import Foundation
import Testing

@testable import AuthWorker

@Suite("Programs that sign in and authorize", .timeLimit(.minutes(2)))
struct CommandBackendTests {
    private let folder: BackendFolder

    init() throws { folder = try BackendFolder() }

    private func state(_ body: String, _ more: String = "") throws -> AuthState {
        let program = try folder.program("sign-in", body)
        return try BackendFolder.state("ext_auth: {command: \(program)\(more)}\nacl: []")
    }

    @Test("are told account and password on standard input, and answer by their exit code")
    func contract() async throws {
        let state = try state(
            """
            read -r line
            case "$line" in
            "alice let me in") echo '{"labels": {"group": ["web", "dev"], "none": null}}';;
            "alice "*) exit 1;;
            "bob pw") ;;
            "odd "*) echo "what?";;
            "list "*) echo '[]';;
            "crash "*) echo "the disk is on fire" >&2; exit 3;;
            "leak $PASSWORD"*) ;;
            *) exit 2;;
            esac
            """)
        #expect(
            await state.signIn("alice", "let me in")
                == .signedIn(labels: Labels([("group", ["web", "dev"]), ("none", [])])))
        #expect(await state.signIn("alice", "other") == .wrongPassword)
        #expect(await state.signIn("bob", "pw") == .signedIn(labels: .none))
        #expect(await state.signIn("carol", "pw") == .unknownAccount)
        #expect(await state.signIn("", "") == .unknownAccount)
        for account in ["odd", "list"] {
            guard case .failed(let failure) = await state.signIn(account, "pw") else {
                Issue.record("\(account) signed in or out")
                continue
            }
            #expect(failure.problem.contains("labels") && !failure.isOutage)
        }
        guard case .failed(let failure) = await state.signIn("crash", "pw") else {
            Issue.record("a crash signs in or out")
            return
        }
        #expect(failure.problem.contains("exit code 3: the disk is on fire"))
    }

    @Test("never hear an account with a blank in it, which would shift the password")
    func blanks() async throws {
        let state = try state("exit 0")
        for account in ["alice pw", "alice\npw", "alice\u{0}", " "] {
            #expect(await state.signIn(account, "x") == .unknownAccount)
        }
        #expect(await state.signIn("alice", "x") == .signedIn(labels: .none))
    }

    @Test("that say the password are not quoted in the log")
    func secrets() async throws {
        let state = try state("read -r line; echo \"bad: $line\" >&2; exit 9")
        guard case .failed(let failure) = await state.signIn("alice", "s3cret") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(!failure.problem.contains("s3cret"))
        #expect(failure.problem.contains("exit code 9"))
    }

    @Test("that hang are killed with all that they started, and it is an outage")
    func time() async throws {
        let state = try state(
            "sleep 300 & echo $! > \(folder.path)/pid; echo $$ >> \(folder.path)/pid; wait", ", timeout: 1s")
        let start = ContinuousClock.now
        guard case .failed(let failure) = await state.signIn("alice", "x") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(failure.isOutage)
        #expect(ContinuousClock.now - start < .seconds(30))
        let pids = folder.text("pid").split(separator: "\n").compactMap { Int32($0) }
        #expect(pids.count == 2)
        // A killed child of a killed process is init's to reap, in its own time.
        for pid in pids {
            while isRunning(pid) { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    private func isRunning(_ pid: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        guard let end = status.lastIndex(of: ")") else { return false }
        return !status[end...].hasPrefix(") Z")
    }

    @Test("that wait in a queue behind one that hangs are answered in time, too")
    func queue() async throws {
        let state = try state("sleep 300", ", timeout: 1s, processes: 1")
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { #expect(await state.signIn("alice", "x") == .failed(outage("sign-in"))) }
            }
        }
        #expect(ContinuousClock.now - start < .seconds(15))
        func outage(_ name: String) -> BackendFailure {
            BackendFailure(problem: "\(folder.path)/\(name): it did not answer in time", isOutage: true)
        }
    }

    @Test("may say 64 KiB and no more, read nothing, and leave a child behind that holds their output")
    func output() async throws {
        let loud = try state("exec yes")
        guard case .failed(let failure) = await loud.signIn("alice", "x") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(failure.problem.contains("more than 64 KiB"))
        let silent = try state("exec <&-; sleep 300 & exit 1")
        #expect(await silent.signIn("alice", String(repeating: "x", count: 200_000)) == .wrongPassword)
    }

    @Test("find nothing of this process in their environment")
    func environment() async throws {
        let state = try state("env > \(folder.path)/env; ls /proc/self/fd > \(folder.path)/fds")
        #expect(await state.signIn("alice", "x") == .signedIn(labels: .none))
        let names = Set(folder.text("env").split(separator: "\n").compactMap { $0.split(separator: "=").first })
        #expect(names.isSubset(of: ["PATH", "LANG", "LC_ALL", "TZ", "PWD", "OLDPWD", "SHLVL", "_"]))
        #expect(folder.text("fds").split(separator: "\n").count <= 4)
    }

    @Test("authorize: 0 allows all that is asked for, 1 nothing, else nobody knows")
    func authorization() async throws {
        let program = try folder.program(
            "allow",
            """
            read -r line; printf '%s' "$line" > \(folder.path)/asked
            case "$line" in *'"Name":"yes"'*) exit 0;; *'"Name":"no"'*) exit 1;; *) exit 2;; esac
            """)
        let state = try BackendFolder.state("users: {}\next_authz: {command: \(program)}")
        let labels = Labels([("group", ["web"])])
        #expect(await state.actions("al\"ice", "yes", labels: labels) == .success(["pull", "push"]))
        #expect(
            folder.text("asked")
                == #"{"Account":"al\"ice","Type":"repository","Name":"yes","Service":"s","IP":"10.0.0.7","#
                + #""Actions":["pull","push"],"Labels":{"group":["web"]}}"#)
        #expect(await state.actions("alice", "no") == .success([]))
        guard case .failure(let failure) = await state.actions("alice", "odd") else {
            Issue.record("it is decided")
            return
        }
        #expect(!failure.isOutage)
    }

    @Test("must be there when the configuration is read")
    func configuration() throws {
        #expect(BackendFolder.problems("acl: []\next_auth: {command: /no/such}").contains("names no program"))
        #expect(BackendFolder.problems("acl: []\next_auth: {}").contains("has no command"))
        #expect(BackendFolder.problems("acl: []\next_auth: nonsense").contains("not a section"))
        #expect(BackendFolder.problems("acl: []\next_auth: {comand: sh}").contains("Did you mean command?"))
        #expect(BackendFolder.problems("acl: []\next_auth: {command: sh, timeout: 0s}").contains("out of bounds"))
        #expect(BackendFolder.problems("acl: []\next_auth: {command: sh}") == "")
        #expect(BackendFolder.problems("acl: []").contains("names no way to sign in"))
        #expect(BackendFolder.problems("users: {}").contains("names no access list"))
        #expect(BackendFolder.problems("acl: []\nusers: {}\nmongo_auth: {}").contains("no MongoDB client"))
    }
}
