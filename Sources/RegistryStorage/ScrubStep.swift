/// What one step of a scrub has found.
package struct ScrubStep: Sendable {
    /// Blobs and bytes that were compared with their digests.
    package var blobs = 0
    package var bytes = 0
    package var damaged: [DamagedBlob] = []
    /// The whole folder has been gone through; the next step begins anew.
    package var isLast = false

    package init() {}
}
