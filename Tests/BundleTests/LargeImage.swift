import Foundation

/// An image of one large layer in a folder, as skopeo's `dir:` has it.
struct LargeImage: Sendable {
    static let repository = "team/large"

    let folder: TestFolder
    private var path: String { folder.path + "/image" }

    static func make(in folder: TestFolder, mebibytes: Int) async throws -> LargeImage {
        let image = LargeImage(folder: folder)
        try await Shell.check(
            """
            set -e; mkdir \(image.path); cd \(image.path)
            head -c \(mebibytes)M /dev/urandom >../payload; tar -cf ../layer -C .. payload
            id=$(sha256sum ../layer | cut -d' ' -f1)
            digest() { sha256sum $1 | cut -d' ' -f1; }
            place() { cp $1 $(digest $1); printf '"digest":"sha256:%s","size":%s' $(digest $1) $(stat -c %s $1); }
            layer=$(place ../layer)
            echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:'$id'"]}}' >../config
            config=$(place ../config)
            kind=application/vnd.oci.image
            printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s",%s},"layers":[{"mediaType":"%s",%s}]}' \
            $kind.manifest.v1+json $kind.config.v1+json "$config" $kind.layer.v1.tar "$layer" >manifest.json
            printf 'Directory Transport Version: 1.1\\n' >version
            rm ../payload ../layer ../config
            """)
        return image
    }

    /// Starts a push by skopeo, and starts it again when it failed, as docker does by itself: skopeo gives up at a 502.
    func push(to bundle: RunningBundle, attempts: Int) throws -> TestProcess {
        let certificates = folder.path + "/certs"
        return try Shell.start(
            """
            mkdir -p \(certificates); cp \(bundle.authority) \(certificates)/ca.crt
            for attempt in $(seq \(attempts)); do
                skopeo copy -q --preserve-digests --dest-cert-dir \(certificates) \
                --dest-creds 'admin:\(RunningBundle.adminPassword)' dir:\(path) \
                docker://\(bundle.host)/\(Self.repository):1 && exit 0
                echo 'once more' >&2
            done
            exit 1
            """, within: .seconds(180), log: folder.path)
    }

    /// Pulls it once more: every byte is the same.
    func comesBack(from bundle: RunningBundle) async throws {
        try await Shell.check(
            """
            skopeo copy -q --src-cert-dir \(folder.path)/certs --src-creds 'admin:\(RunningBundle.adminPassword)' \
            docker://\(bundle.host)/\(Self.repository):1 dir:\(folder.path)/back
            diff -r \(path) \(folder.path)/back
            """, within: .seconds(120))
    }
}
