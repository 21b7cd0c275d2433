import NIOCore
package import RegistryModel

extension FilesystemStorage {
    package func manifest(
        _ reference: Reference, in repository: RepositoryName
    ) async throws(StorageError) -> StoredManifest {
        try await reads.run { [self] () throws(StorageError) in
            let key = ManifestCache.Key(repository: repository, reference: reference)
            if let entry = cache[key], try isCurrent(entry, key) { return entry.manifest }
            let entry = try read(key)
            cache.insert(entry, for: key)
            return entry.manifest
        }
    }

    package func put(
        _ manifest: Manifest, as digest: Digest, tags: [Tag], in repository: RepositoryName
    ) async throws(StorageError) {
        try await locks.shared(repository, on: writes) { [self] () throws(StorageError) in
            let missing = try missingContent(of: manifest, repository)
            guard missing.isEmpty else { throw .contentMissing(missing) }
            try guards.shared(digest) { () throws(StorageError) in
                try index.changing(repository) { () throws(StorageError) in
                    try store(manifest, digest, tags, repository)
                    vouch(layout.revisionLink(digest, repository), layout.blob(digest))
                    return ((), [.manifest(manifest, digest, tags: tags)])
                }
            }
        }
    }

    private func store(
        _ manifest: Manifest, _ digest: Digest, _ tags: [Tag], _ repository: RepositoryName
    ) throws(StorageError) {
        var change = change()
        let path = layout.blob(digest)
        if try Disk.contents(of: path, limit: Manifest.maximumSize) == manifest.bytes {
            change.confirm(file: path)
        } else {
            try change.write(manifest.bytes, at: path, isLasting: false)
        }
        // What it refers to may be another request's that is still being synced.
        for content in manifest.requiredBlobs + manifest.requiredManifests {
            change.confirm(file: layout.blob(content.digest))
        }
        try writeLink(to: digest, at: layout.revisionLink(digest, repository), &change)
        var history = self.change()
        var tagging = self.change()
        for tag in tags {
            try writeLink(to: digest, at: layout.tagIndexLink(digest, tag, repository), &history)
            try writeLink(to: digest, at: layout.tagLink(tag, repository), &tagging, isLasting: true)
        }
        // What a tag leads to is on the disk before the tag moves.
        try history.syncFiles()
        try tagging.syncFiles()
        // A full disk refuses here, while nothing has changed, rather than between the manifest and its tag.
        try history.makeFolders()
        try tagging.makeFolders()
        try change.sync()
        // What a tag has pointed at is for distribution's own garbage-collect; no client is told of it.
        try history.placeOnly()
        try tagging.sync()
    }

    package func deleteManifest(
        _ digest: Digest, in repository: RepositoryName
    ) async throws(StorageError) -> [Tag] {
        try await locks.exclusive(repository, on: writes) { [self] () throws(StorageError) in
            guard try Disk.exists(layout.revisionFolder(digest, repository)) else {
                throw .manifestUnknown(.digest(digest))
            }
            return try removeManifest(digest, repository)
        }
    }

    /// Removes a manifest and its tags. The repository's lock is held alone.
    func removeManifest(_ digest: Digest, _ repository: RepositoryName) throws(StorageError) -> [Tag] {
        try index.changing(repository) { () throws(StorageError) in
            // The tags first: a crash in between leaves a manifest without a tag, never a tag without its manifest.
            var gone: [Tag] = []
            for entry in try Disk.entries(of: layout.tags(repository)) ?? [] {
                guard let tag = Tag(entry.name), try link(at: layout.tagLink(tag, repository)) == digest else {
                    continue
                }
                if try discard(layout.tagFolder(tag, repository)) { gone.append(tag) }
            }
            _ = try discard(layout.revisionFolder(digest, repository))
            return (gone.sorted(), [.manifestGone(digest)])
        }
    }

    package func referrers(
        of digest: Digest, in repository: RepositoryName
    ) async throws(StorageError) -> [Descriptor] {
        try await reads.run { [self] () throws(StorageError) in
            if let found = try index.referrers(of: digest, in: repository) {
                // Distribution deletes a link and leaves its folder, which no stamp shows.
                var present: [Descriptor] = []
                for entry in found where try Disk.exists(layout.revisionLink(entry.digest, repository)) {
                    present.append(entry)
                }
                return present
            }
            var found: [Descriptor] = []
            for algorithm in DigestAlgorithm.allCases {
                let folder = "\(layout.revisions(repository))/\(algorithm.rawValue)"
                for entry in try Disk.entries(of: folder) ?? [] {
                    guard let revision = Digest(algorithm: algorithm, hex: entry.name) else { continue }
                    let known = try subjectEntry(revision)
                    guard known.subject == digest, let descriptor = known.descriptor,
                        try Disk.exists(layout.revisionLink(revision, repository))
                    else { continue }
                    found.append(descriptor)
                }
            }
            return found.sorted { $0.digest.description < $1.digest.description }
        }
    }

    /// What one manifest refers to. One that cannot be read refers to nothing, for now.
    private func subjectEntry(_ digest: Digest) throws(StorageError) -> SubjectCache.Entry {
        if let entry = subjects[digest] { return entry }
        guard let bytes = try Disk.contents(of: layout.blob(digest), limit: Manifest.maximumSize),
            let manifest = try? Manifest(bytes: bytes)
        else { return SubjectCache.Entry() }
        var entry = SubjectCache.Entry()
        if let subject = manifest.subject {
            entry.subject = subject.digest
            entry.descriptor = Descriptor(
                mediaType: manifest.mediaType, digest: digest, size: bytes.count, annotations: manifest.annotations,
                artifactType: manifest.artifactType)
        }
        subjects.insert(entry, for: digest)
        return entry
    }

    /// What a manifest needs and the repository does not hold.
    private func missingContent(
        of manifest: Manifest, _ repository: RepositoryName
    ) throws(StorageError) -> [Digest] {
        if manifest.isPartial { return [] }
        var missing: [Digest] = []
        var seen: Set<Digest> = []
        for blob in manifest.requiredBlobs where seen.insert(blob.digest).inserted {
            guard try holds(blob.digest, by: layout.layerLink(blob.digest, repository)) else {
                missing.append(blob.digest)
                continue
            }
        }
        for child in manifest.requiredManifests where seen.insert(child.digest).inserted {
            if try holds(child.digest, by: layout.revisionLink(child.digest, repository)) { continue }
            // BuildKit's registry cache is an index of layers.
            if try holds(child.digest, by: layout.layerLink(child.digest, repository)) { continue }
            missing.append(child.digest)
        }
        return missing
    }

    /// Whether a link leads to content that is there.
    private func holds(_ digest: Digest, by path: String) throws(StorageError) -> Bool {
        guard try link(at: path) == digest else { return false }
        return try Disk.exists(layout.blob(digest))
    }

    private func isCurrent(_ entry: ManifestCache.Entry, _ key: ManifestCache.Key) throws(StorageError) -> Bool {
        if case .tag(let tag) = key.reference {
            guard let stamp = entry.tag, try Disk.stamp(layout.tagLink(tag, key.repository)) == stamp else {
                return false
            }
        }
        let digest = entry.manifest.digest
        guard try Disk.stamp(layout.revisionLink(digest, key.repository)) == entry.revision else { return false }
        return try Disk.stamp(layout.blob(digest)) == entry.blob
    }

    /// Reads a manifest from the disk and compares it with its digest. The stamps are taken before the files are read.
    private func read(_ key: ManifestCache.Key) throws(StorageError) -> ManifestCache.Entry {
        let unknown = StorageError.manifestUnknown(key.reference)
        let digest: Digest
        var tagStamp: Disk.Stamp?
        switch key.reference {
        case .digest(let named): digest = named
        case .tag(let tag):
            let path = layout.tagLink(tag, key.repository)
            tagStamp = try Disk.stamp(path)
            guard let linked = try link(at: path) else { throw unknown }
            digest = linked
        }
        guard let revision = try Disk.stamp(layout.revisionLink(digest, key.repository)),
            try link(at: layout.revisionLink(digest, key.repository)) == digest,
            let blob = try Disk.stamp(layout.blob(digest)),
            let bytes = try Disk.contents(of: layout.blob(digest), limit: Manifest.maximumSize)
        else { throw unknown }
        guard ContentHash.digest(of: bytes, digest.algorithm) == digest else { throw .corrupt(digest) }
        // Another registry may have taken what this one would refuse: it is served as it is.
        let stored: StoredManifest
        if let manifest = try? Manifest(bytes: bytes) {
            stored = StoredManifest(manifest, digest: digest)
        } else if let foreign = ForeignManifest(bytes: bytes) {
            stored = StoredManifest(foreign, bytes: bytes, digest: digest)
        } else {
            throw .corrupt(digest)
        }
        return ManifestCache.Entry(manifest: stored, tag: tagStamp, revision: revision, blob: blob)
    }
}
