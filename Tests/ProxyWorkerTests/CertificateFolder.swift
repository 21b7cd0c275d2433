import BundleConfig
import Foundation
import Glibc

/// A folder with a certificate and its key, renewed as people, certbot and Kubernetes do it.
struct CertificateFolder {
    let folder = "/tmp/proxy/\(UUID().uuidString.prefix(8))-tls"
    var files: ProxyConfiguration.Certificate.Files { .init(chain: "\(folder)/tls.crt", key: "\(folder)/tls.key") }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// In place: first one file, then the other, each cut to nothing before.
    func write(_ certificate: ProxyConfiguration.Certificate) throws {
        try certificate.chain.write(toFile: files.chain, atomically: false, encoding: .utf8)
        try certificate.key.reveal().write(toFile: files.key, atomically: false, encoding: .utf8)
    }

    /// Each file by a rename.
    func rename(_ certificate: ProxyConfiguration.Certificate) throws {
        try certificate.chain.write(toFile: files.chain, atomically: true, encoding: .utf8)
        try certificate.key.reveal().write(toFile: files.key, atomically: true, encoding: .utf8)
    }

    /// Both at once: a folder of their own behind the link `..data`.
    func swap(_ certificate: ProxyConfiguration.Certificate) throws {
        let version = "..\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: "\(folder)/\(version)", withIntermediateDirectories: true)
        try certificate.chain.write(toFile: "\(folder)/\(version)/tls.crt", atomically: false, encoding: .utf8)
        try certificate.key.reveal().write(toFile: "\(folder)/\(version)/tls.key", atomically: false, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/..next", withDestinationPath: version)
        guard Glibc.rename("\(folder)/..next", "\(folder)/..data") == 0 else { throw CocoaError(.fileWriteUnknown) }
        for name in ["tls.crt", "tls.key"] where !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: "..data/\(name)")
        }
    }
}
