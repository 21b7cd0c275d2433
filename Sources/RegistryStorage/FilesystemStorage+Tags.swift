package import RegistryModel

extension FilesystemStorage {
    package func tags(
        in repository: RepositoryName, limit: Int?, after last: String?
    ) async throws(StorageError) -> Page<Tag> {
        try await reads.run { [self] () throws(StorageError) in
            if let page = try index.tags(in: repository, limit: limit, after: last) { return page }
            guard let entries = try Disk.entries(of: layout.tags(repository)) else {
                guard try exists(repository) else { throw .repositoryUnknown(repository) }
                return Page(elements: [], isLast: true)
            }
            var names = entries.compactMap { Tag($0.name) }.sorted()
            if let last {
                names.removeAll { !last.utf8.lexicographicallyPrecedes($0.description.utf8) }
            }
            var found: [Tag] = []
            for tag in names where try Disk.exists(layout.tagLink(tag, repository)) {
                if let limit, found.count >= limit { return Page(elements: found, isLast: false) }
                found.append(tag)
            }
            return Page(elements: found, isLast: true)
        }
    }

    package func tags(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Tag] {
        // A tag that another registry has moved shows in its link alone.
        try await reads.run { [self] () throws(StorageError) in
            var found: [Tag] = []
            for entry in try Disk.entries(of: layout.tags(repository)) ?? [] {
                guard let tag = Tag(entry.name), try link(at: layout.tagLink(tag, repository)) == digest else {
                    continue
                }
                found.append(tag)
            }
            return found
        }
    }

    package func deleteTag(_ tag: Tag, in repository: RepositoryName) async throws(StorageError) {
        try await locks.exclusive(repository, on: writes) { [self] () throws(StorageError) in
            guard try Disk.exists(layout.tagLink(tag, repository)) else { throw .tagUnknown(tag) }
            try index.changing(repository) { () throws(StorageError) in
                _ = try discard(layout.tagFolder(tag, repository))
                return ((), [.tagGone(tag)])
            }
        }
    }

    package func repositories(
        limit: Int?, after last: String?
    ) async throws(StorageError) -> Page<RepositoryName> {
        try await reads.run { [self] () throws(StorageError) in
            if let isQuick = index.dueSweep {
                if isQuick { _ = try index.sweep(comparing: false) } else { index.wakeUp() }
            }
            if let page = index.repositories(limit: limit, after: last) { return page }
            var walk = RepositoryWalk(layout: layout, limit: limit, after: last)
            try walk.visit(layout.repositories, name: "")
            return Page(elements: walk.found, isLast: !walk.isFull)
        }
    }
}
