import Foundation
import Glibc
import RegistryToken
import Testing

@testable import AuthWorker

/// The built program, as a process.
@Suite("The auth worker's process", .timeLimit(.minutes(3)))
struct AuthProcessTests {
    private let folder = "\(NSTemporaryDirectory())dockmaster-auth-process-\(UUID().uuidString.prefix(8))"
    private var program: URL {
        URL(filePath: "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/"))
            .appending(path: ".build/debug/dockmaster-auth")
    }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(acl: String) throws {
        let file = """
            server: {addr: \(folder)/a.sock, net: unix, real_ip_header: X-Real-IP}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, key: \(TestKeys.folder)/p256.key}
            users: {"": {}}
            acl: \(acl)
            """
        try Data(file.utf8).write(to: URL(filePath: "\(folder)/auth.yml"))
    }

    /// Everything that one request over the socket is answered with; empty while nobody listens.
    private func ask(_ path: String) -> String {
        let socket = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder)/a.sock".utf8)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return "" }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: x\r\nX-Real-IP: 10.0.0.7\r\nConnection: close\r\n\r\n".utf8)
        guard send(socket, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else { return "" }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Asks again until the answer holds the text; the suite's time limit ends it otherwise.
    private func wait(for text: String, at path: String) async throws {
        while !ask(path).contains(text) { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test("reloads on SIGHUP, keeps the old state when the file is bad, and ends with 0 on SIGTERM")
    func signals() async throws {
        try write(acl: "[{match: {}, actions: [pull]}]")
        let process = Process()
        process.executableURL = program
        process.arguments = ["--config", "\(folder)/auth.yml"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        try await wait(for: #"{"status":"ok"}"#, at: "/healthz")

        try write(acl: "[{match: {team: x}, actions: [pull]}]")
        kill(process.processIdentifier, SIGHUP)
        try await wait(for: "refused: ", at: "/healthz")
        #expect(ask("/auth?service=s&scope=repository:x:pull").hasPrefix("HTTP/1.1 200 OK"))

        try write(acl: "[]")
        kill(process.processIdentifier, SIGHUP)
        try await wait(for: #"{"status":"ok"}"#, at: "/healthz")

        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }

    @Test(
        "reloads when its file is written in place, renamed over, or reached by another link; a bad one keeps the old state"
    )
    func changes() async throws {
        let manager = FileManager.default
        let old = "[{match: {}, actions: [pull]}]"
        try write(acl: old)
        // As Kubernetes mounts it: auth.yml → ..data/auth.yml, ..data → a folder of this version.
        for (version, acl) in [("v1", old), ("v2", "[{match: {}, actions: [pull, push]}]")] {
            try manager.createDirectory(atPath: "\(folder)/\(version)", withIntermediateDirectories: true)
            try write(acl: acl)
            try manager.moveItem(atPath: "\(folder)/auth.yml", toPath: "\(folder)/\(version)/auth.yml")
        }
        try manager.createSymbolicLink(atPath: "\(folder)/..data", withDestinationPath: "v1")
        try manager.createSymbolicLink(atPath: "\(folder)/auth.yml", withDestinationPath: "..data/auth.yml")
        let process = Process()
        process.executableURL = program
        process.arguments = ["--config", "\(folder)/auth.yml"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        try await wait(for: #"{"status":"ok"}"#, at: "/healthz")
        try await waitForActions(["pull"])

        try manager.createSymbolicLink(atPath: "\(folder)/..data_tmp", withDestinationPath: "v2")
        #expect(rename("\(folder)/..data_tmp", "\(folder)/..data") == 0)
        try await waitForActions(["pull", "push"])

        // Behind the link, in place.
        let text = try String(contentsOfFile: "\(folder)/v2/auth.yml", encoding: .utf8)
        try Data(text.replacing("pull, push", with: "delete").utf8).write(to: URL(filePath: "\(folder)/v2/auth.yml"))
        try await waitForActions(["delete"])

        try Data("acl: [".utf8).write(to: URL(filePath: "\(folder)/v2/auth.yml"))
        try await wait(for: "refused: ", at: "/healthz")
        try await waitForActions(["delete"])

        // A file in the link's place, renamed over it.
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/auth.new"))
        #expect(rename("\(folder)/auth.new", "\(folder)/auth.yml") == 0)
        try await waitForActions(["pull", "push"])
        try await wait(for: #"{"status":"ok"}"#, at: "/healthz")
    }

    @Test("signs with another pair as soon as both of its files are another's, and with the old one until then")
    func keys() async throws {
        for (name, copy) in [("p256.crt", "token.crt"), ("p256.key", "token.key")] {
            try FileManager.default.copyItem(atPath: "\(TestKeys.folder)/\(name)", toPath: "\(folder)/\(copy)")
        }
        let file = """
            server: {addr: \(folder)/a.sock, net: unix, real_ip_header: X-Real-IP}
            token: {issuer: a, expiration: 60, certificate: \(folder)/token.crt, key: \(folder)/token.key}
            users: {"": {}}
            acl: []
            """
        try Data(file.utf8).write(to: URL(filePath: "\(folder)/auth.yml"))
        let process = Process()
        process.executableURL = program
        process.arguments = ["--config", "\(folder)/auth.yml"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let (old, new) = (try identifier("p256"), try identifier("p256b"))
        try await waitForKey(old)

        try replace("token.crt", by: "p256b.crt")
        try await wait(for: "refused: ", at: "/healthz")
        try await waitForKey(old)
        try replace("token.key", by: "p256b.key")
        try await waitForKey(new)
        try await wait(for: #"{"status":"ok"}"#, at: "/healthz")
    }

    private func identifier(_ name: String) throws -> String {
        let text = try ["crt", "key"].map {
            try String(contentsOfFile: "\(TestKeys.folder)/\(name).\($0)", encoding: .utf8)
        }
        return try TokenSigner(certificate: text[0], key: text[1]).keyIdentifier
    }

    private func replace(_ name: String, by source: String) throws {
        try FileManager.default.copyItem(atPath: "\(TestKeys.folder)/\(source)", toPath: "\(folder)/next")
        #expect(rename("\(folder)/next", "\(folder)/\(name)") == 0)
    }

    private func waitForKey(_ expected: String) async throws {
        while true {
            let answer = ask("/auth?service=s")
            if let body = answer.split(separator: "\r\n\r\n").last, answer.hasPrefix("HTTP/1.1 200"),
                let token = try? JSONReader.read(Array(body.utf8)).text("token"),
                let header = Base64.bytes(of: Array(token.split(separator: ".")[0].utf8), as: .url),
                try JSONReader.read(header)["kid"]?.string == expected
            {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func waitForActions(_ expected: [String]) async throws {
        while true {
            let answer = ask("/auth?service=s&scope=repository:x:pull,push,delete")
            if let body = answer.split(separator: "\r\n\r\n").last, answer.hasPrefix("HTTP/1.1 200"),
                let token = try? JSONReader.read(Array(body.utf8)).text("token"),
                let payload = Base64.bytes(of: Array(token.split(separator: ".")[1].utf8), as: .url),
                try JSONReader.read(payload)["access"]?.array?.first?["actions"]?.strings == expected
            {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test("refuses a bad file with 78, and with 1 when it only checks")
    func refusals() throws {
        try write(acl: "[{match: {}}]")
        for (arguments, status) in [(["--check"], 1), ([], 78)] as [([String], Int32)] {
            let process = Process()
            process.executableURL = program
            process.arguments = ["--config", "\(folder)/auth.yml"] + arguments
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == status)
        }
    }
}
