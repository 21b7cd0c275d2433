import Foundation

/// A large push and a large pull, each some half a minute long and begun again until they are to end.
struct LargeTransfers: Sendable {
    private let folder: TestFolder
    private let logs: [TestFolder]
    private let processes: [TestProcess]
    private let bundle: RunningBundle
    private let repository: String

    /// - Parameters:
    ///   - file: is what is pushed again and again.
    ///   - digest: of the file, which is in the repository already: it is what is pulled.
    init(_ bundle: RunningBundle, _ token: String, _ file: String, _ digest: String, repository: String) throws {
        self.bundle = bundle
        self.repository = repository
        let folder = try TestFolder(named: "transfers")
        let logs = try [TestFolder(named: "push"), TestFolder(named: "pull")]
        let push = CurlClient(bundle).uploadScript(file, to: repository, token: token, rate: "32M")
        let pull = """
            \(bundle.curl) -f --limit-rate 32M -H 'Authorization: Bearer \(token)' \
            \(bundle.url)/v2/\(repository)/blobs/\(digest) | sha256sum | cut -d' ' -f1
            """
        processes = try zip([push, pull + " | sed s/\(digest.dropFirst(7))/right/"], logs).map { script, log in
            try Shell.start(
                "while [ ! -e \(folder.path)/end ]; do (\(script)) || exit 1; echo; done", within: .seconds(300),
                log: log.path)
        }
        self.folder = folder
        self.logs = logs
    }

    /// Waits until bytes of the push have arrived at the registry.
    func begun() async throws {
        guard try await bundle.receives(repository) else {
            throw BundleTestError.absent("a push to \(repository) under way: \(logs[0].text("errors"))")
        }
    }

    /// Lets those in flight end.
    /// - Returns: how many pushes were acknowledged, how many pulls brought the right bytes. Anything else throws.
    func finish() async throws -> (Int, Int) {
        try folder.write("end", "")
        var counts: [Int] = []
        for (process, (log, right)) in zip(processes, zip(logs, ["201", "right"])) {
            let status = try await process.wait(within: .seconds(90))
            let lines = log.text("output").split(separator: "\n")
            guard status == 0, lines.allSatisfy({ $0 == right }) else {
                throw BundleTestError.absent(
                    "\(right) after every transfer (exit code \(status), \(lines), \(log.text("errors")))")
            }
            counts.append(lines.count)
            log.remove()
        }
        folder.remove()
        return (counts[0], counts[1])
    }
}

extension RunningBundle {
    /// Waits until an upload to the repository is under way, 4 MiB of which have come.
    func receives(_ repository: String) async throws -> Bool {
        let uploads = images + "/docker/registry/v2/repositories/\(repository)/_uploads"
        return try await Shell.eventually(within: .seconds(30)) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: uploads)) ?? []
            return names.contains { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(uploads)/\(name)/data")
                return (attributes?[.size] as? Int ?? 0) > 4 << 20
            }
        }
    }
}
