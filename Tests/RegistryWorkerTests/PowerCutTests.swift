import Foundation
import Testing

/// The registry's data on ext4 on a loop file on XFS: a reflink copy of that file, taken at a random moment, is what is on
/// the disk after a power cut at that moment. Whoever wants to know mounts it, and ext4 recovers from its journal.
@Suite("A power cut at a random moment under eight pushers", .serialized)
struct PowerCutTests {
    /// A mount namespace with an XFS that outlives the registries in it.
    private final class Disks: Sendable {
        let folder: String
        private let holder: ChildRun

        init() throws {
            folder = "/tmp/dockmaster-cut-\(getpid())-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(atPath: "\(folder)/xfs", withIntermediateDirectories: true)
            let script = """
                cd \(folder); truncate -s 1500M xfs.img; mkfs.xfs -q -m reflink=1 xfs.img; mount -o loop xfs.img xfs
                cd xfs; truncate -s 400M blank.img; mkfs.ext4 -q -F blank.img; touch ready; exec sleep 3600
                """
            let command = ["unshare", "-m", "--propagation", "private", "sh", "-ec", script]
            holder = try ChildRun(command, output: "\(folder)/out")
            for _ in 0..<2_000 {
                if FileManager.default.fileExists(atPath: "/proc/\(holder.pid)/root\(folder)/xfs/ready") {
                    return
                }
                guard holder.isRunning else { break }
                usleep(5_000)
            }
            throw RegistryProcess.Failure(description: "no XFS: are xfsprogs there, and are we root?")
        }

        deinit {
            holder.end()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// Runs the rest with one of the disk images mounted at the registry's data.
        func entering(_ image: String, _ data: String, _ wrapper: [String] = []) -> [String] {
            let script = "mount -o loop \(folder)/xfs/\(image) \(data); exec \"$@\""
            return [
                "nsenter", "-m", "-t", "\(holder.pid)", "unshare", "-m", "--propagation", "private", "sh",
                "-ec", script, "sh",
            ] + wrapper
        }

        func copy(_ image: String, to copy: String) throws {
            try RegistryProcess.run([
                "nsenter", "-m", "-t", "\(holder.pid)", "cp", "--reflink=always",
                "\(folder)/xfs/\(image)", "\(folder)/xfs/\(copy)",
            ])
        }
    }

    /// One power cut.
    /// - Returns: images that were acknowledged before it, and what is lost of them.
    private static func cut(_ disks: Disks, round: Int, wrapper: [String]) throws -> (acknowledged: Int, lost: [String])
    {
        let registry = try RegistryProcess()
        try disks.copy("blank.img", to: "live.img")
        try registry.start(wrapper: disks.entering("live.img", registry.data, wrapper))
        let journal = PushJournal()
        let threads = journal.start(registry.client, round: round)
        journal.wait(beyond: 8)
        usleep(UInt32.random(in: 0...800_000))
        let before = journal.acknowledged
        try disks.copy("live.img", to: "cut.img")
        registry.kill()
        journal.stop(threads)
        try registry.start(wrapper: disks.entering("cut.img", registry.data))
        let lost = try journal.lost(registry.client, before)
        // It goes on where it was.
        try registry.client.pushImage([1], "after", to: "crash/app0")
        return (before.count, lost)
    }

    @Test("loses nothing that was acknowledged")
    func kept() throws {
        let disks = try Disks()
        var acknowledged = 0
        let rounds = PushJournal.rounds(2, share: 10)
        for round in 0..<rounds {
            let outcome = try Self.cut(disks, round: round, wrapper: [])
            acknowledged += outcome.acknowledged
            #expect(outcome.lost == [], "round \(round)")
        }
        #expect(acknowledged > 0)
        print("\(rounds) power cuts: \(acknowledged) images acknowledged before them, 0 lost")
    }

    /// Shows that the test above can fail: the same with every sync answered by strace instead of the kernel.
    @Test("loses what was acknowledged when nothing is synced")
    func control() throws {
        let disks = try Disks()
        let unsynced = [
            "/usr/bin/strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,sync_file_range",
            "-e", "inject=fsync,fdatasync,sync_file_range:retval=0",
        ]
        let outcome = try Self.cut(disks, round: 0, wrapper: unsynced)
        #expect(outcome.acknowledged > 0)
        #expect(!outcome.lost.isEmpty, "of \(outcome.acknowledged)")
        print("without syncs: \(outcome.lost.count) of \(outcome.acknowledged) lost")
    }
}
