import BundleConfig
import Glibc
import WorkerRuntime

extension Confinement {
    /// The proxy reads its own file's folder, the files that it serves and those of its certificates, and writes nothing.
    ///
    /// Without a configuration that can be read it may read that folder alone: the worker itself tells what is wrong.
    static func proxy(file: String) -> Confinement {
        let configuration = try? ProxyConfigurationFile.read(file)
        var places = [Place(FilePath.parent(of: file), .read)]
        for folder in configuration?.folders ?? [] { places.append(Place(folder, .read)) }
        for certificate in configuration?.certificates ?? [] {
            for file in certificate.files.map({ [$0.chain, $0.key] }) ?? [] {
                // What a symbolic link leads to, as certbot's and Kubernetes' do.
                guard let target = realpath(file, nil) else { continue }
                places.append(Place(FilePath.parent(of: String(cString: target)), .read))
                free(target)
            }
        }
        if configuration?.upstreams.contains(where: isNamed) == true {
            // The resolver's: an upstream is named by its host.
            let files = ["resolv.conf", "hosts", "nsswitch.conf", "host.conf", "gai.conf"]
            places += files.map { Place("/etc/\($0)", .read) }
        }
        return Confinement(keeping: .listener, places: .only(places))
    }

    /// Whether an upstream's host has to be looked up.
    private static func isNamed(_ upstream: ProxyConfiguration.Upstream) -> Bool {
        guard let upstream = try? Upstream(upstream) else { return false }
        return upstream.everyEndpoint.contains { endpoint in
            guard case .tcp(let host, _) = endpoint.address else { return false }
            return AddressRange.bytes(of: host) == nil
        }
    }
}
