import BundleConfig
import Glibc
import NIOSSL

/// The certificates that answer an ACME server's tls-alpn-01 challenges: made by the ACME client, for a moment each.
///
/// - Files: `<folder>/<server name>.pem` holds a certificate and its key. They are read when they are asked for.
/// - Source: RFC 8737.
struct ChallengeCertificates: Sendable {
    private static let sizeLimit = 64 << 10

    let folder: String

    /// - Parameter proxyFile: the path of proxy.yml, in whose folder the challenges are.
    init(besides proxyFile: String) {
        folder = FilePath.parent(of: proxyFile) + "/acme/tls-alpn-01"
    }

    /// The context that answers with the certificate for a name; nil when there is none. Blocks.
    /// - Parameter name: of `ClientHello.serverName`, which cannot be a path.
    func context(for name: String) -> NIOSSLContext? {
        guard let bytes = Self.read("\(folder)/\(name).pem"),
            let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty,
            let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem)
        else { return nil }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["acme-tls/1"]
        configuration.certificateVerification = .none
        return try? NIOSSLContext(configuration: configuration)
    }

    /// A regular file's bytes; nil when it is larger than the limit, or cannot be read at once.
    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { return nil }
            if more == 0 { break }
            count += more
        }
        return (1...sizeLimit).contains(count) ? Array(bytes[..<count]) : nil
    }
}
