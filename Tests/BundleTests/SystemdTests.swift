import Foundation
import Glibc
import Testing

extension WholeBundle {
    @Suite("As a unit of a real systemd", .serialized, .systemdMachine)
    struct SystemdTests {
        /// The machine with the unit running anew.
        private func started() async throws -> SystemdMachine {
            let machine = try #require(SystemdMachine.current)
            try await machine.configure()
            try await machine.check(
                "rm -rf \(SystemdMachine.dropIns); systemctl daemon-reload; systemctl reset-failed dockmaster; systemctl restart dockmaster",
                within: .seconds(90))
            return machine
        }

        @Test("it starts as a user of its own at a privileged port, says so, and an image goes in and out")
        func start() async throws {
            try Shell.require("skopeo", "buildah")
            let machine = try await started()
            #expect(try await machine.answers())
            let status = try await machine.check("systemctl status --no-pager dockmaster")
            #expect(status.output.contains(#"Status: "ready: auth, registry, proxy"#), "\(status.output)")
            let users = try await machine.check("systemctl show dockmaster -P MainPID | xargs -I{} ps -o user= -p {}")
            #expect(users.line.hasPrefix("dockmast"), "\(users.output)")
            let log = try await machine.check("journalctl -b -u dockmaster -o cat --no-pager")
            #expect(!log.output.contains("Failed to set thread priority"))

            let tools = ContainerTools(folder: try TestFolder(named: "systemd"))
            try await tools.buildImage("1", layers: 2)
            let folder = tools.folder.path
            try await Shell.check(
                """
                mkdir -p \(folder)/certs && cp \(machine.authority) \(folder)/certs/ca.crt
                \(tools.buildah) push -q localhost/layers:1 oci:\(folder)/image:1
                skopeo copy -q --dest-cert-dir \(folder)/certs --dest-creds 'admin:\(RunningBundle.adminPassword)' \
                    oci:\(folder)/image:1 docker://localhost:\(machine.httpsPort)/team/layers:1
                skopeo copy -q --src-cert-dir \(folder)/certs --src-creds 'readonly:\(RunningBundle.readonlyPassword)' \
                    docker://localhost:\(machine.httpsPort)/team/layers:1 oci:\(folder)/back:1
                diff <(ls \(folder)/image/blobs/sha256) <(ls \(folder)/back/blobs/sha256)
                """, within: .seconds(120))
            try await machine.check("test -s /var/log/dockmaster/registry/registry.log")
            tools.folder.remove()
        }

        @Test("its exposure is at most 1.6")
        func exposure() async throws {
            let machine = try await started()
            let verdict = try await machine.check("systemd-analyze security --no-pager dockmaster | tail -1")
            let level = try #require(verdict.output.firstMatch(of: #/: ([0-9.]+) /#).flatMap { Double($0.1) })
            #expect(level <= 1.6, "\(verdict.output)")
        }

        @Test("a reload takes up what is good, refuses what is bad, and says so in the status")
        func reload() async throws {
            let machine = try await started()
            let pid = try await machine.property("MainPID")
            try await machine.configure("  hsts: 1h")
            try await machine.check("systemctl reload dockmaster")
            #expect(
                try await Shell.eventually(within: .seconds(20)) {
                    try await Shell.run("\(machine.curl) -D - -o /dev/null \(machine.url)/").output
                        .contains("max-age=3600")
                })
            try await machine.configure("  hsts: [not, a, duration]")
            try await machine.check("systemctl reload dockmaster")
            let refused = try await Shell.eventually(within: .seconds(20)) {
                try await machine.property("StatusText").contains("the last reload was refused")
            }
            let text = try await machine.property("StatusText")
            #expect(refused, "\(text)")
            #expect(try await machine.property("ActiveState") == "active")
            #expect(try await machine.property("MainPID") == pid)
            #expect(try await machine.answers())
            let log = try await machine.check("journalctl -b -o cat --no-pager DOCKMASTER_EVENT=reload_refused")
            #expect(log.output.contains("hsts"), "\(log.output)")
        }

        @Test("one that hangs is restarted by the watchdog")
        func watchdog() async throws {
            let machine = try await started()
            let pid = try await machine.property("MainPID")
            try await machine.check(
                """
                mkdir -p \(SystemdMachine.dropIns)
                printf '[Service]\\nWatchdogSec=2\\n' >\(SystemdMachine.dropIns)/watchdog.conf
                systemctl daemon-reload
                systemctl restart dockmaster
                """)
            let second = try await machine.property("MainPID")
            #expect(second != pid)
            // It is not restarted as long as it runs.
            try await Task.sleep(for: .seconds(3))
            #expect(try await machine.property("MainPID") == second)
            try await machine.check("kill -STOP \(second)")
            let back = try await Shell.eventually(within: .seconds(30)) {
                let state = try await machine.run("systemctl show dockmaster -P ActiveState -P MainPID").output
                    .split(separator: "\n").map(String.init)
                return state.contains("active") && !state.contains(second) && !state.contains("0")
            }
            let seen = try await machine.run("systemctl status --no-pager dockmaster").text
            #expect(back, "\(seen)")
            #expect(try await machine.answers())
            #expect(
                try await machine.check("journalctl -b -u dockmaster --no-pager").output.contains("Watchdog timeout"))
        }

        @Test("no connection is refused while systemctl restarts it, three times over")
        func restartUnderLoad() async throws {
            let machine = try await started()
            let folder = try TestFolder(named: "load")
            // Each connect is a person's: it waits in the backlog while nobody accepts, and is answered afterwards.
            let load = try Shell.start(
                """
                answered=0; failed=0
                while [ ! -e \(folder.path)/enough ]; do
                    \(machine.curl) -o /dev/null \(machine.url)/healthz 2>>\(folder.path)/failures \
                        && answered=$((answered + 1)) || failed=$((failed + 1))
                done
                echo "$answered $failed"
                """, within: .seconds(150), log: folder.path)
            let plain = try Shell.start(
                """
                refused=0; connected=0
                while [ ! -e \(folder.path)/enough ]; do
                    if (exec 3<>/dev/tcp/127.0.0.1/\(machine.httpPort)) 2>/dev/null
                    then connected=$((connected + 1)); else refused=$((refused + 1)); fi
                done
                echo "$connected $refused" >\(folder.path)/connects
                """, within: .seconds(150), log: folder.path)
            for _ in 1...3 { try await machine.check("systemctl restart dockmaster", within: .seconds(90)) }
            try folder.write("enough", "")
            _ = try await load.wait(within: .seconds(60))
            _ = try await plain.wait(within: .seconds(60))
            let answers = folder.text("output").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            let connects = folder.text("connects").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            let failures = folder.text("failures")
            #expect(answers.count == 2 && answers[0] > 3 && answers[1] == 0, "\(answers) \(failures)")
            #expect(connects.count == 2 && connects[0] > 10 && connects[1] == 0, "\(connects)")
            let stored = try await machine.property("NFileDescriptorStore")
            #expect(stored == "4", "https, http, auth.sock and registry.sock")
            folder.remove()
        }

        @Test("a socket that the configuration drops leaves the store as well")
        func dropped() async throws {
            let machine = try await started()
            try await machine.configure("  redirect: false")
            try await machine.check("systemctl reload dockmaster")
            let dropped = try await Shell.eventually(within: .seconds(30)) {
                try await machine.property("NFileDescriptorStore") == "3"
            }
            let count = try await machine.property("NFileDescriptorStore")
            #expect(dropped, "\(count)")
        }

        @Test("the sockets of a .socket unit are used instead of binding")
        func socketActivation() async throws {
            let machine = try await started()
            try await machine.check(
                """
                systemctl stop dockmaster
                mkdir -p /run/systemd/system
                printf '[Socket]\\nListenStream=\(machine.httpsPort)\\nBacklog=4096\\n' >/run/systemd/system/dockmaster.socket
                systemctl daemon-reload
                systemctl start dockmaster.socket
                """)
            // systemd listens; the first connection starts the service, which could not bind a port that is taken.
            #expect(
                try await Shell.eventually(within: .seconds(30)) {
                    try await Shell.run("\(machine.curl) -o /dev/null \(machine.url)/healthz").succeeded
                })
            #expect(try await machine.property("ActiveState") == "active")
            try await machine.check(
                """
                systemctl stop dockmaster.socket dockmaster
                rm /run/systemd/system/dockmaster.socket
                systemctl daemon-reload
                """)
        }

        @Test("an upgrade keeps the unit, its main process and its workers, and says so")
        func upgrade() async throws {
            let machine = try await started()
            let pid = try await machine.property("MainPID")
            let workers = try await machine.check("pgrep -x 'dockmaster-.*' | sort").output
            try await machine.check(
                "cp /usr/bin/dockmaster /usr/bin/dockmaster.new && mv /usr/bin/dockmaster.new /usr/bin/dockmaster")
            let said = try await machine.check("dockmaster upgrade --run /run/dockmaster")
            #expect(said.output.contains("has taken over"), "\(said)")
            #expect(try await machine.property("MainPID") == pid)
            #expect(try await machine.check("pgrep -x 'dockmaster-.*' | sort").output == workers)
            #expect(try await machine.property("ActiveState") == "active")
            #expect(try await machine.property("StatusText").hasPrefix("ready: "))
            #expect(try await machine.answers())
            try await machine.check("systemctl reload dockmaster && systemctl restart dockmaster", within: .seconds(90))
            #expect(try await machine.answers())
        }

        @Test("journalctl finds lines by watcher, instance, priority and request")
        func journal() async throws {
            let machine = try await started()
            let answer = try await Shell.check("\(machine.curl) -D - -o /dev/null \(machine.url)/v2/")
            let id = try #require(answer.output.firstMatch(of: /(?i)x-request-id: (\S+)/).map { String($0.1) })
            let found = try await Shell.eventually(within: .seconds(10)) {
                try await machine.run(
                    "journalctl -b -o json --no-pager DOCKMASTER_WATCHER=proxy DOCKMASTER_REQUEST_ID=\(id)"
                )
                .output.contains(id)
            }
            #expect(found)
            let entry = try await machine.check(
                "journalctl -b -o json --no-pager -n 1 DOCKMASTER_WATCHER=registry DOCKMASTER_INSTANCE=1")
            #expect(entry.output.contains(#""SYSLOG_IDENTIFIER":"dockmaster-registry""#), "\(entry.output)")
            #expect(entry.output.contains(#""PRIORITY":"6""#), "\(entry.output)")
        }

        @Test("stop leaves nothing: no process, no socket, no run folder")
        func stop() async throws {
            let machine = try await started()
            try await machine.check("systemctl stop dockmaster")
            let left = try await machine.run(
                "pgrep -l dockmaster; ls -A /run/dockmaster; ss -Hltn | grep -E ':\(machine.httpsPort)\\b'")
            #expect(left.output.isEmpty, "\(left.output)")
            #expect(try await machine.property("Result") == "success")
            #expect(try await machine.property("NFileDescriptorStore") == "0")
        }
    }
}
