import BundleConfig
import Foundation
import Glibc
import Testing
import WorkerRuntime

/// Each on a thread of its own, which takes its confinement along when it ends: the tests' process stays as it is.
@Suite("A confinement")
struct ConfinementTests {
    private let folder = "/tmp/confinement-\(UUID().uuidString.prefix(8))"

    @Test("of writing lets everything be read, and written what is listed")
    func writing() throws {
        try make("\(folder)/data")
        try make("\(folder)/other")
        try "x".write(toFile: "\(folder)/other/file", atomically: true, encoding: .utf8)
        let confinement = Confinement(
            keeping: .foreignFiles, places: .writing([.init(Confinement.existing("\(folder)/data/not/yet"), .write)]))
        let folder = folder
        let results = Self.confined(confinement) {
            [
                Self.open("\(folder)/other/file", O_RDONLY), Self.open("\(folder)/other/new", O_WRONLY | O_CREAT),
                Self.open("\(folder)/other/file", O_WRONLY | O_TRUNC),
                Self.open("\(folder)/data/new", O_WRONLY | O_CREAT),
                mkdir("\(folder)/data/not", 0o700) == 0 ? 0 : errno,
                rename("\(folder)/data/new", "\(folder)/data/not/new") == 0 ? 0 : errno,
                unlink("\(folder)/other/file") == 0 ? 0 : errno,
            ]
        }
        #expect(results == [0, EACCES, EACCES, 0, 0, 0, EACCES])
        #expect(Self.open("\(folder)/other/new", O_WRONLY | O_CREAT) == 0, "it has outlived its thread")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("to places lets nothing else be read, written or run")
    func only() throws {
        try make("\(folder)/data")
        try make("\(folder)/files")
        try "x".write(toFile: "\(folder)/files/file", atomically: true, encoding: .utf8)
        let folder = folder
        let places: [Confinement.Place] = [
            .init("\(folder)/files", .read), .init("\(folder)/data", .readAndWrite), .init("\(folder)/none", .read),
        ]
        let results = Self.confined(Confinement(keeping: [], places: .only(places))) {
            [
                Self.open("\(folder)/files/file", O_RDONLY), Self.open("\(folder)/files/file", O_WRONLY),
                Self.open("\(folder)/data/new", O_RDWR | O_CREAT), Self.open("/etc/passwd", O_RDONLY),
                Self.open("/etc/shadow", O_RDONLY), Self.open("/proc/self/task", O_RDONLY),
                Self.open("/proc/1/environ", O_RDONLY),
                Self.open(folder, O_RDONLY | O_DIRECTORY),
            ]
        }
        #expect(results == [0, EACCES, 0, EACCES, EACCES, 0, EACCES, EACCES])
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("keeps another user's folder in reach of root where its capabilities are kept, and not where they are not")
    func capabilities() throws {
        guard geteuid() == 0 else {
            Issue.record("this test needs root, as in a container")
            return
        }
        try make("\(folder)/foreign")
        #expect(chown("\(folder)/foreign", 1_000, 1_000) == 0 && chmod("\(folder)/foreign", 0o700) == 0)
        let folder = folder
        let kept = Self.confined(Confinement(keeping: .foreignFiles, places: .all)) {
            [Self.open("\(folder)/foreign/a", O_WRONLY | O_CREAT), chmod("\(folder)/foreign", 0o750) == 0 ? 0 : errno]
        }
        #expect(kept == [0, 0])
        let dropped = Self.confined(Confinement(keeping: [], places: .all)) {
            [
                Self.open("\(folder)/foreign/b", O_WRONLY | O_CREAT),
                chmod("\(folder)/foreign", 0o700) == 0 ? 0 : errno,
            ]
        }
        #expect(dropped == [EACCES, EPERM])
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("names the nearest folder that is there")
    func existing() {
        #expect(Confinement.existing("/tmp") == "/tmp")
        #expect(Confinement.existing("/tmp/\(UUID().uuidString)/a/b") == "/tmp")
        #expect(FilePath.parent(of: "/a/b") == "/a" && FilePath.parent(of: "/a") == "/")
    }

    private func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// 0, or why it cannot be opened.
    private static func open(_ path: String, _ flags: Int32) -> Int32 {
        let file = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno }
        close(file)
        return 0
    }

    private final class Job {
        let confinement: Confinement
        let body: () -> [Int32]
        var notes: [String] = []
        var results: [Int32] = []

        init(_ confinement: Confinement, _ body: @escaping () -> [Int32]) {
            self.confinement = confinement
            self.body = body
        }
    }

    /// Runs the body on a confined thread, which nothing but it runs on, and waits for its end: a thread of the pool that was
    /// started from a confined one would be confined too.
    private static func confined(_ confinement: Confinement, _ body: @escaping () -> [Int32]) -> [Int32] {
        let job = Job(confinement, body)
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let job = Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue()
                job.notes = job.confinement.enforce()
                job.results = job.body()
                return nil
            }, Unmanaged.passUnretained(job).toOpaque())
        guard started == 0 else { return [] }
        pthread_join(thread, nil)
        #expect(job.notes.isEmpty, "\(job.notes)")
        return job.results
    }
}
