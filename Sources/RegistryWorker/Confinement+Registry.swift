import BundleConfig
import HTTPService
import WorkerRuntime

extension Confinement {
    /// The registry writes below its folder and where its sockets are, and nowhere else.
    ///
    /// Reading stays open: an htpasswd file, a bundle of certificates or a resolver's settings may be anywhere and change.
    /// Nothing but the permissions where the configuration cannot be read, which the worker itself tells of.
    static func registry(file: String) -> Confinement {
        guard let configuration = try? RegistryConfiguration(file: file) else {
            return Confinement(keeping: .foreignFiles, places: .all)
        }
        var folders = [configuration.root, FilePath.parent(of: file), "/dev", "/tmp", "/var/tmp"]
        if case .unix(let path) = configuration.address { folders.append(FilePath.parent(of: path)) }
        return Confinement(
            keeping: .foreignFiles, places: .writing(folders.map { Place(existing($0), .write) }))
    }
}
