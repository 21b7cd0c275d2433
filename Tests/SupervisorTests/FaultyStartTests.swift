import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A supervisor that was started badly", .serialized)
struct FaultyStartTests {
    @Test(
        "with its standard descriptors closed puts /dev/null in their place, so that no file of its own is written to")
    func closedDescriptors() throws {
        let bundle = try BinaryRun()
        try bundle.launch(wrapper: ["/bin/sh", "-c", #"exec "$@" <&- >&- 2>&-"#, "sh"])
        #expect(bundle.wait { (try? bundle.run(["status"]).status) == .code(0) })
        let pid = try #require(bundle.child?.pid)
        for number in 0...2 { #expect(Self.link("/proc/\(pid)/fd/\(number)") == "/dev/null") }
        #expect(bundle.end(SIGTERM) == .code(0))
    }

    @Test("with a low limit of open files raises its own, and its children get the one it was given")
    func descriptorLimit() throws {
        let bundle = try BinaryRun()
        try bundle.setWorker("auth", "system('ulimit -Sn; ulimit -Hn');")
        #expect(try bundle.start(wrapper: ["/bin/sh", "-c", #"ulimit -Sn 100; exec "$@""#, "sh"]), "\(bundle.output)")
        let pid = try #require(bundle.child?.pid)
        let limits = try #require(TextFile.read("/proc/\(pid)/limits")).split(separator: "\n")
        let own = limits.first { $0.hasPrefix("Max open files") }?.split(separator: " ") ?? []
        let hard = try #require(own.dropLast().last)
        #expect(own.dropFirst(3).first == hard)
        let log = TextFile.read("\(bundle.folder.path)/logs/auth/auth.log") ?? ""
        #expect(log.split(separator: "\n").prefix(2) == ["100", hard])
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
