import RegistryModel

extension FilesystemStorage {
    /// Which images need a blob, found by a walk through all repositories: only for what is damaged.
    func images(with digest: Digest) async throws(StorageError) -> [String] {
        try await reads.run { [self] () throws(StorageError) in
            var walk = RepositoryWalk(layout: layout, limit: nil, after: nil)
            try walk.visit(layout.repositories, name: "")
            var images: [String] = []
            for repository in walk.found { images += try affected(by: digest, in: repository) }
            return images
        }
    }

    private func affected(by digest: Digest, in repository: RepositoryName) throws(StorageError) -> [String] {
        var affected: Set<Digest> = []
        var needs: [Digest: Set<Digest>] = [:]
        for algorithm in DigestAlgorithm.allCases {
            for entry in try Disk.entries(of: "\(layout.revisions(repository))/\(algorithm.rawValue)") ?? [] {
                guard let revision = Digest(algorithm: algorithm, hex: entry.name) else { continue }
                if revision == digest { affected.insert(revision) }
                guard let bytes = try Disk.contents(of: layout.blob(revision), limit: Manifest.maximumSize),
                    let manifest = try? Manifest(bytes: bytes)
                else { continue }
                needs[revision] = Set((manifest.requiredBlobs + manifest.manifests).map(\.digest))
                if needs[revision]?.contains(digest) == true { affected.insert(revision) }
            }
        }
        guard !affected.isEmpty else { return [] }
        // Indexes of what is affected, and their indexes.
        while let more = needs.first(where: { !affected.contains($0.key) && !affected.isDisjoint(with: $0.value) }) {
            affected.insert(more.key)
        }
        var images: [String] = []
        var untagged = affected
        for entry in try Disk.entries(of: layout.tags(repository)) ?? [] {
            guard let tag = Tag(entry.name), let target = try link(at: layout.tagLink(tag, repository)),
                affected.contains(target)
            else { continue }
            images.append("\(repository):\(tag)")
            untagged.remove(target)
        }
        return (images + untagged.map { "\(repository)@\($0)" }).sorted()
    }
}
