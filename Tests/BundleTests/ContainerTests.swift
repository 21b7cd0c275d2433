import Foundation
import Testing

extension WholeBundle {
    @Suite("As PID 1 of a container", .serialized, .dockerEngine)
    struct ContainerTests {
        /// What Docker 20.10's own profile says to clone3: there is no such system call.
        private static let withoutClone3 = """
            {"defaultAction": "SCMP_ACT_ALLOW",
             "syscalls": [{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]}
            """

        @Test(
            "as a user without rights, on a read-only root file system, without clone3: it serves, a transfer that will not end does not keep docker stop past its 10 s, and the exit code is 0"
        )
        func confined() async throws {
            let engine = try #require(DockerEngine.current)
            let home = try TestFolder(named: "confined")
            let tar = home.path + "/dockmaster.tar"
            try await Shell.check("\(TestFolder.repository)/etc/container/make-image \(tar)", within: .seconds(120))
            try await engine.check("\(TestFolder.repository)/etc/container/import \(tar) dockmaster:test", home: home)
            let ports = FreePort.some(2)
            try home.write("seccomp.json", Self.withoutClone3)
            try await Shell.check(
                """
                mkdir -p \(home.path)/data/data/www \(home.path)/log
                head -c 64M /dev/urandom >\(home.path)/data/data/www/large.bin
                chmod 0700 \(home.path)/data; chown -R 1000:1000 \(home.path)/data \(home.path)/log; chmod 0755 \(home.path)
                """)
            try await engine.check(
                """
                docker run -d --name confined --network host --user 1000:1000 --read-only --cap-drop ALL \
                --security-opt no-new-privileges --security-opt seccomp=\(home.path)/seccomp.json \
                --tmpfs /tmp --tmpfs /run/dockmaster:uid=1000,gid=1000,mode=0700 \
                -v \(home.path)/data:/var/lib/dockmaster -v \(home.path)/log:/var/log/dockmaster dockmaster:test \
                --domain localhost --https-port \(ports[0]) --http-port \(ports[1])
                """, home: home)
            let curl = "curl -sS --cacert \(home.path)/data/ca/ca.pem https://localhost:\(ports[0])"
            let ready = try await Shell.eventually(within: .seconds(20)) {
                try await Shell.run(curl + "/healthz -o /dev/null -w '%{http_code}'").output == "200"
            }
            let logs = try await engine.docker("docker logs confined", home: home)
            #expect(ready, "\(logs)")
            let owner = try await engine.check("docker top confined -eo uid,pid,comm", home: home)
            #expect(!owner.output.contains(" 0 dockmaster"), "\(owner.output)")

            // At this rate it would take half an hour.
            let transfer = try Shell.start(
                curl + "/large.bin --limit-rate 32k -o \(home.path)/received", within: .seconds(60), log: home.path)
            let flows = try await Shell.eventually(within: .seconds(10)) {
                try await Shell.run("test -s \(home.path)/received").succeeded
            }
            #expect(flows, "\(home.text("errors"))")
            let stopped = try await engine.check("time -p docker stop confined", home: home)
            let seconds = try #require(stopped.errors.firstMatch(of: /real ([0-9.]+)/).flatMap { Double($0.1) })
            #expect(seconds < 10.5, "docker stop took \(seconds) s")
            let code = try await engine.check("docker inspect -f '{{.State.ExitCode}}' confined", home: home)
            let last = try await engine.docker("docker logs --tail 40 confined", home: home)
            #expect(code.line == "0", "\(last)")
            await transfer.destroy()
            try await engine.check(
                "docker rm -f confined >/dev/null; docker rmi -f dockmaster:test >/dev/null", home: home)
            home.remove()
        }

        /// Users of libldap (with TLS, by the image's own authorities) and rules of libpq, at ports where nobody listens.
        private static let distantUsers = RunningBundle.twoUsers(
            domain: "localhost",
            more: """
                auth:
                  users: {robot: {password: "\(SignInServers.hash)"}}
                  ldap_auth: {addr: "127.0.0.1:9", tls: starttls, base: "dc=example,dc=org", filter: "(uid=${account})"}
                  xorm_auth: {database_type: postgres, conn_string: "postgres://a:b@127.0.0.1:9/c"}
                  acl_xorm: {database_type: postgres, conn_string: "postgres://a:b@127.0.0.1:9/c"}
                """)

        /// The image has what the auth worker's back-ends load: local users sign in, and an outage is said where one is asked.
        private func expectSignIns(_ probe: String) async throws {
            let admin = "admin:\(RunningBundle.adminPassword)"
            for (who, status, what) in [
                (admin, "200", "a local user"), ("admin:wrong", "401", "a wrong password"),
                ("stranger:any", "503", "the directory is away"), ("robot:123", "503", "the database of rules is away"),
            ] {
                let answer = try await Shell.run("\(probe) -d scope=repository:team/app:pull -u '\(who)'")
                #expect(answer.output == status, "\(what)")
            }
        }

        @Test(
            "it serves, local users sign in beside a directory and a database that are away, and docker stop ends it within its grace time with exit code 0"
        )
        func stop() async throws {
            let engine = try #require(DockerEngine.current)
            let home = try TestFolder(named: "container")
            let tar = home.path + "/dockmaster.tar"
            try await Shell.check("\(TestFolder.repository)/etc/container/make-image \(tar)", within: .seconds(120))
            try await engine.check("\(TestFolder.repository)/etc/container/import \(tar) dockmaster:test", home: home)
            let ports = FreePort.some(2)
            try home.write("dockmaster.yaml", Self.distantUsers)
            try await engine.check(
                """
                docker run -d --name bundle --network host -v \(home.path)/data:/var/lib/dockmaster \
                -v \(home.path)/dockmaster.yaml:/etc/dockmaster/dockmaster.yaml:ro dockmaster:test \
                --config /etc/dockmaster/dockmaster.yaml --https-port \(ports[0]) --http-port \(ports[1])
                """, home: home)
            let probe =
                "curl -s -o /dev/null -w '%{http_code}' --cacert \(home.path)/data/ca/ca.pem https://localhost:\(ports[0])"
            let ready = try await Shell.eventually(within: .seconds(20)) {
                try await Shell.run(probe + "/healthz").output == "200"
            }
            let logs = try await engine.docker("docker logs bundle", home: home)
            #expect(ready, "\(logs)")
            #expect(try await Shell.run(probe + "/v2/").output == "401")
            try await expectSignIns(probe + "/authserver/auth -G -d service=localhost")
            let first = try await engine.check(
                "docker exec bundle /usr/bin/dockmaster --help >/dev/null; docker top bundle -eo pid,args", home: home)
            #expect(first.output.contains("dockmaster-proxy"))

            let stopped = try await engine.check("time -p docker stop -t 30 bundle", home: home)
            let seconds = try #require(stopped.errors.firstMatch(of: /real ([0-9.]+)/).flatMap { Double($0.1) })
            #expect(seconds < 15, "docker stop took \(seconds) s")
            let code = try await engine.check("docker inspect -f '{{.State.ExitCode}}' bundle", home: home)
            let last = try await engine.docker("docker logs --tail 40 bundle", home: home)
            #expect(code.line == "0", "\(last)")
            try await engine.check(
                "docker rm -f bundle >/dev/null; docker rmi -f dockmaster:test >/dev/null", home: home)
            home.remove()
        }
    }
}
