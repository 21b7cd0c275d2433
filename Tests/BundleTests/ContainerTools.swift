import Foundation

/// skopeo, buildah and podman with storage and trust of one test's own.
struct ContainerTools: Sendable {
    let folder: TestFolder

    private var storage: String {
        "--root \(folder.path)/storage --runroot \(folder.path)/storage-run --storage-driver vfs"
    }
    var buildah: String { "buildah \(storage)" }
    var podman: String { "podman \(storage) --cgroup-manager cgroupfs --events-backend file" }

    /// A folder with the authority as skopeo, buildah and podman want it.
    func trust(_ bundle: RunningBundle) async throws -> String {
        let certificates = folder.path + "/certs"
        try await Shell.check("mkdir -p \(certificates) && cp \(bundle.authority) \(certificates)/ca.crt")
        return certificates
    }

    /// Makes localhost/layers:TAG, an image of `layers` layers besides busybox's.
    func buildImage(_ tag: String, layers: Int = 3, architecture: String = "amd64") async throws {
        try Shell.require("buildah", "busybox")
        var script = """
            set -e
            c=$(\(buildah) from --arch \(architecture) scratch)
            \(buildah) copy -q $c "$(command -v busybox)" /bin/busybox
            \(buildah) config --arch \(architecture) --cmd '["/bin/busybox", "echo", "hello from \(tag)"]' $c
            \(buildah) commit -q --rm $c localhost/layers-0:\(tag)
            """
        for layer in 1...layers {
            let previous = "localhost/layers-\(layer - 1):\(tag)"
            let next = layer == layers ? "localhost/layers:\(tag)" : "localhost/layers-\(layer):\(tag)"
            script += """

                head -c 300000 /dev/urandom >\(folder.path)/layer
                c=$(\(buildah) from --pull-never --arch \(architecture) \(previous))
                \(buildah) copy -q $c \(folder.path)/layer /layer-\(layer)
                \(buildah) commit -q --rm $c \(next)
                """
        }
        try await Shell.check(script, within: .seconds(120))
    }
}
