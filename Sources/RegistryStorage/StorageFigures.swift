/// What a storage counts of itself, for metrics.
package struct StorageFigures: Sendable, Equatable {
    /// How often the cache of manifests was asked, and had it.
    package var cacheRequests = 0
    package var cacheHits = 0
    /// Bytes of the content that each repository links, of the 1,000 that link most; at most a minute old. Empty where that
    /// is not known without a walk.
    package var repositories: [String: Int] = [:]

    package init() {}
}

/// A storage that tells what it counts of itself. Cheap: asked at each scrape.
package protocol StorageMeasuring: Sendable {
    func figures() async -> StorageFigures
}

extension FilesystemStorage: StorageMeasuring {
    package func figures() async -> StorageFigures {
        var figures = StorageFigures()
        (figures.cacheRequests, figures.cacheHits) = cache.counts
        let sizes = try? await reads.run { [index] () throws(StorageError) in index.largestRepositories() }
        figures.repositories = sizes ?? [:]
        return figures
    }
}
