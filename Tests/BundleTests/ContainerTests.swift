import Foundation
import Testing

extension WholeBundle {
    @Suite("As PID 1 of a container", .serialized, .dockerEngine)
    struct ContainerTests {
        @Test("it serves, and docker stop ends it within its grace time with exit code 0")
        func stop() async throws {
            let engine = try #require(DockerEngine.current)
            let home = try TestFolder(named: "container")
            let tar = home.path + "/dockmaster.tar"
            try await Shell.check("\(TestFolder.repository)/etc/container/make-image \(tar)", within: .seconds(120))
            try await engine.check("\(TestFolder.repository)/etc/container/import \(tar) dockmaster:test", home: home)
            let ports = FreePort.some(2)
            try await engine.check(
                """
                docker run -d --name bundle --network host -v \(home.path)/data:/var/lib/dockmaster dockmaster:test \
                --domain localhost --https-port \(ports[0]) --http-port \(ports[1])
                """, home: home)
            let probe =
                "curl -s -o /dev/null -w '%{http_code}' --cacert \(home.path)/data/ca/ca.pem https://localhost:\(ports[0])"
            let ready = try await Shell.eventually(within: .seconds(20)) {
                try await Shell.run(probe + "/healthz").output == "200"
            }
            let logs = try await engine.docker("docker logs bundle", home: home)
            #expect(ready, "\(logs)")
            #expect(try await Shell.run(probe + "/v2/").output == "401")
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
