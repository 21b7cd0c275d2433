import RegistryModel

/// What repositories hold in vain: untagged manifests if the policy says so, links that no manifest names, and at last the
/// empty repository itself.
extension Collector {
    mutating func collect(_ repository: RepositoryName, _ id: Int) async throws {
        try await collectTags(repository, id)
        if policy.removesUntagged {
            try await collectManifests(repository, id)
        } else if try index.hasExpired(in: id).orRefuse() {
            try await collectManifests(repository, id)
        }
        if !policy.isDryRun { index.forgetExpired(in: id) }
        try await collectLinks(repository, id)
        if try index.isEmpty(id).orRefuse() { try await collectRepository(repository, id) }
    }

    private mutating func collectManifests(_ repository: RepositoryName, _ id: Int) async throws {
        let found = try leaving(id).orRefuse()
        guard !found.isEmpty else { return }
        let copy = self
        let gone =
            policy.isDryRun
            ? found
            : try await storage.locks.exclusive(repository, on: storage.collecting) { () throws(StorageError) in
                try copy.removeManifests(repository, id)
            }
        if policy.isDryRun { index.doom(found, in: id) }
        summary.manifests += gone.count
        for digest in gone {
            tell(
                CollectedItem(
                    kind: .manifest, repository: repository, digest: digest, size: 0,
                    reason: "no tag leads to it, and nothing that stays names it"))
        }
    }

    /// Manifests that nothing keeps: all of them, or those that lost their tag by retention.
    private func leaving(_ id: Int) -> [Digest]? {
        guard let untagged = index.untagged(in: id, before: cutoff) else { return nil }
        return policy.removesUntagged ? untagged : index.expired(untagged, in: id)
    }

    /// Under the repository's lock.
    private func removeManifests(_ repository: RepositoryName, _ id: Int) throws(StorageError) -> [Digest] {
        // Another registry may have moved a tag, which no stamp shows: the links themselves decide.
        var tagged: Set<Digest> = []
        for entry in try Disk.entries(of: layout.tags(repository)) ?? [] {
            if let tag = Tag(entry.name), let digest = try storage.link(at: layout.tagLink(tag, repository)) {
                tagged.insert(digest)
            }
        }
        guard index.taggedDigests(in: id) == tagged else {
            index.markStale(repository)
            return []
        }
        index.writePulls()
        var gone: [Digest] = []
        for digest in leaving(id) ?? [] {
            if let stamp = try Disk.stamp(layout.revisionLink(digest, repository)),
                stamp.modified / 1_000_000_000 > cutoff
            {
                continue
            }
            _ = try storage.removeManifest(digest, repository)
            gone.append(digest)
        }
        return gone
    }

    private mutating func collectLinks(_ repository: RepositoryName, _ id: Int) async throws {
        var last: [UInt8] = []
        while case let links = try index.unusedLinks(of: id, after: last, limit: 500).orRefuse(), let end = links.last {
            last = end.digest.bytes
            let copy = self
            let (gone, young) =
                try await storage.locks.exclusive(repository, on: storage.collecting) { () throws(StorageError) in
                    try copy.removeLinks(links, repository, id)
                }
            if policy.isDryRun { index.doom(gone.map(\.digest), in: id) }
            summary.young += young
            summary.links += gone.count
            for link in gone {
                tell(
                    CollectedItem(
                        kind: .link, repository: repository, digest: link.digest, size: link.size,
                        reason: "no manifest of the repository names it"))
            }
        }
    }

    /// Under the repository's lock.
    /// - Returns: what is gone, or would be, and how many are too young.
    private func removeLinks(
        _ links: [RegistryIndex.Link], _ repository: RepositoryName, _ id: Int
    ) throws(StorageError) -> ([RegistryIndex.Link], Int) {
        var gone: [RegistryIndex.Link] = []
        var young = 0
        for link in links {
            if !policy.isDryRun, index.isUnused(link.digest, in: id) != true { continue }
            if let stamp = try Disk.stamp(layout.layerLink(link.digest, repository)),
                stamp.modified / 1_000_000_000 > cutoff
            {
                young += 1
            } else {
                gone.append(link)
            }
        }
        guard !policy.isDryRun, !gone.isEmpty else { return (gone, young) }
        let folders = gone.map { layout.layerFolder($0.digest, repository) }
        let changes = gone.map { IndexChange.layerGone($0.digest) }
        try index.changing(repository) { () throws(StorageError) in
            try storage.discard(together: folders, areLeaves: true)
            return ((), changes)
        }
        return (gone, young)
    }

    private mutating func collectRepository(_ repository: RepositoryName, _ id: Int) async throws {
        let copy = self
        let isGone = try await storage.locks.exclusive(repository, on: storage.collecting) { () throws(StorageError) in
            try copy.removeRepository(repository, id)
        }
        guard isGone else { return }
        summary.repositories += 1
        tell(CollectedItem(kind: .repository, repository: repository, size: 0, reason: "it is empty"))
    }

    /// Under the repository's lock.
    private func removeRepository(_ repository: RepositoryName, _ id: Int) throws(StorageError) -> Bool {
        guard index.isEmpty(id) == true else { return false }
        let folders = [layout.manifests(repository), layout.layers(repository)]
        for folder in folders {
            if let stamp = try Disk.stamp(folder), stamp.modified / 1_000_000_000 > cutoff { return false }
        }
        // An upload under way makes it a repository soon.
        guard try (Disk.entries(of: layout.uploads(repository)) ?? []).isEmpty else { return false }
        if policy.isDryRun { return true }
        try index.changing(repository) { () throws(StorageError) in
            try storage.discard(together: folders, areLeaves: false)
            _ = Disk.removeEmpty(layout.uploads(repository))
            var folder = layout.repository(repository)
            while folder != layout.repositories {
                storage.ledger.forget(folder)
                // Another repository stands below, or somebody has just begun an upload.
                guard Disk.removeEmpty(folder) else { break }
                folder = Disk.parent(of: folder)
            }
            return ((), [.repositoryGone])
        }
        return true
    }
}
