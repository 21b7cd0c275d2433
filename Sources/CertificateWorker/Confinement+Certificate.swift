import BundleConfig
import Glibc
import WorkerRuntime

extension Confinement {
    /// What a name is resolved with: files, and modules of the C library.
    private static let resolver =
        ["resolv.conf", "hosts", "nsswitch.conf", "host.conf", "gai.conf"].map { "/etc/\($0)" }
    private static let libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"]
    /// Where systems keep the authorities that they trust.
    private static let authorities = [
        "/etc/ssl/certs", "/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
        "/usr/share/pki", "/etc/ca-certificates",
    ]

    /// The ACME worker writes its own folder and the answers to challenges, and reads besides what it takes to reach the
    /// authority. The registry's images, the token key and the users are out of its reach.
    static func acme(file: String) -> Confinement {
        var places = [Place(FilePath.parent(of: file), .read), Place("/dev/null", .readAndWrite)]
        if let configuration = try? ACMEConfigurationFile.read(file) {
            places.append(Place(configuration.folders.certificates, .readAndWrite))
            places.append(Place(configuration.folders.challenges, .readAndWrite))
        }
        for path in resolver + libraries + authorities {
            places.append(Place(path, .read))
            // The folder of what a link leads to: systemd-resolved replaces the file in it.
            guard let target = realpath(path, nil) else { continue }
            let resolved = String(cString: target)
            free(target)
            if resolved != path, resolver.contains(path) { places.append(Place(FilePath.parent(of: resolved), .read)) }
        }
        return Confinement(keeping: [], places: .only(places))
    }
}
