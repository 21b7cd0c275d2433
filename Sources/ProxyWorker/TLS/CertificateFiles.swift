import BundleConfig
import Glibc

/// Takes certificates and keys from their files, so that a renewed one is served without anybody telling.
///
/// Files that do not hold a pair that can be served are passed over: what was there before goes on. So it is between the
/// writing of a certificate and that of its key.
enum CertificateFiles {
    /// - Parameters:
    ///   - served: what is served now: where it comes from the same awaited files, it is what goes on.
    ///   - now: seconds since 1970.
    /// - Returns: the configuration with what the files hold, and a sentence for each that could not be taken up.
    static func refreshed(
        _ configuration: ProxyConfiguration, served: ProxyConfiguration? = nil, now: Int
    ) -> (configuration: ProxyConfiguration, problems: [String]) {
        var configuration = configuration
        var problems: [String] = []
        for index in configuration.certificates.indices {
            guard let files = configuration.certificates[index].files else { continue }
            if files.isAwaited {
                guard access(files.chain, F_OK) == 0 else { continue }
                if let present = served?.certificates.first(where: { $0.files == files }) {
                    configuration.certificates[index].chain = present.chain
                    configuration.certificates[index].key = present.key
                }
            }
            do throws(ConfigurationError) {
                configuration.certificates[index] = try read(configuration.certificates[index], files, now)
            } catch {
                problems.append(
                    "the certificate \(files.chain) with the key \(files.key) is not taken up, the one before it goes on: "
                        + "\(error.key.isEmpty ? "" : "\(error.key) ")\(error.problem). \(error.remedy)")
            }
        }
        return (configuration, problems)
    }

    /// All files that certificates come from.
    static func paths(_ configuration: ProxyConfiguration) -> [String] {
        configuration.certificates.compactMap(\.files).flatMap { [$0.chain, $0.key] }
    }

    private static func read(
        _ present: ProxyConfiguration.Certificate, _ files: ProxyConfiguration.Certificate.Files, _ now: Int
    ) throws(ConfigurationError) -> ProxyConfiguration.Certificate {
        var certificate = present
        certificate.chain = try ProxyConfigurationFile.text(files.chain)
        certificate.key = Secret(try ProxyConfigurationFile.text(files.key))
        guard certificate.chain != present.chain || certificate.key.reveal() != present.key.reveal() else {
            return present
        }
        let end = try CertificateStore([certificate]).ends.first?.end ?? 0
        guard end > now else {
            throw ConfigurationError(key: "", problem: "it has expired", remedy: "Renew the certificate")
        }
        return certificate
    }
}
