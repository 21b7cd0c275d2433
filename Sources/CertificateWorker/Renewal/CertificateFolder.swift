import BundleConfig
import CryptoExtras
import FoundationEssentials
import Glibc
import TextFormats
import X509

/// The files of one certificate: `chain.pem` and `key.pem`, which the proxy serves, and between an order and its end
/// `next-key.pem`, `next-order.json` and `next-chain.pem`.
///
/// Blocks: not for the cooperative pool.
struct CertificateFolder: Sendable {
    private static let note = "Issued by "

    let configuration: ACMEConfiguration

    private var nextKey: String { configuration.certificateFolder + "/next-key.pem" }
    private var nextChain: String { configuration.certificateFolder + "/next-chain.pem" }
    private var nextOrder: String { configuration.certificateFolder + "/next-order.json" }

    /// What is there, and can be served; nil otherwise.
    /// - Throws: for files that are there and cannot be read, or a key that others can read.
    func present() throws(ACMEFailure) -> IssuedCertificate? {
        try finish()
        guard let chain = try text(configuration.chainFile), let key = try secret(configuration.keyFile) else {
            return nil
        }
        do {
            return try issued(chain, key)
        } catch {
            return nil
        }
    }

    /// Makes a key and keeps it: a disk that takes nothing shows before the authority is asked.
    /// - Returns: PEM.
    func makeKey() throws(ACMEFailure) -> Secret {
        // An order of before is not for this key.
        discard()
        do {
            let key = try CertificateRequest.newKey(configuration.keyType)
            try PrivateFile.makeFolder(configuration.certificateFolder)
            try PrivateFile.write(key.reveal(), to: nextKey, replacing: true)
            return key
        } catch let error as DiskError {
            throw .file(problem: error.problem, remedy: error.remedy)
        } catch {
            throw .file(problem: "a key cannot be made", remedy: "Report this as a fault")
        }
    }

    /// Keeps an order with the key that `makeKey` gave, before the authority is asked to sign.
    func keep(_ order: String, now: Int) throws(ACMEFailure) {
        do {
            let text = try JSONEncoder().encode(BegunOrder(order, configuration, now: now))
            try PrivateFile.write(String(decoding: text, as: UTF8.self), to: nextOrder, replacing: true)
        } catch let error as DiskError {
            throw .file(problem: error.problem, remedy: error.remedy)
        } catch {
            throw .file(problem: "an order cannot be kept", remedy: "Report this as a fault")
        }
    }

    /// The order that was begun for what is wanted, and its key, PEM; nil when there is none to go on with.
    /// - Throws: for files that are there and cannot be read, or a key that others can read.
    func begun(now: Int) throws(ACMEFailure) -> (url: String, key: Secret)? {
        guard let text = try text(nextOrder), let key = try secret(nextKey),
            let order = try? JSONDecoder().decode(BegunOrder.self, from: Data(text.utf8)),
            order.isWanted(configuration, now: now),
            (try? CertificateRequest.der(names: order.domains, key: key)) != nil
        else { return nil }
        return (order.url, Secret(key))
    }

    /// Puts a chain in force together with the key that `makeKey` gave.
    ///
    /// - Durable: both are kept whole and synced beside their places first; whatever ends this in between, `present` carries
    ///   it through.
    /// - Throws: for a chain that is not for this key and these names, or is over.
    func install(_ chain: String, key: Secret, now: Int) throws(ACMEFailure) -> IssuedCertificate {
        let pair: CertificatePair
        do {
            pair = try CertificatePair(chain: chain, key: key.reveal())
        } catch {
            throw .nonsense("a certificate that \(error.problem)")
        }
        let day = UTCTime(seconds: now).rfc3339
        let text = "\(Self.note)\(configuration.directory)\non \(day) for dockmaster-acme, which replaces this file\n"
        var certificate = try issued(text + pair.chainText, key.reveal())
        guard certificate.names == Set(configuration.domains) else {
            throw .nonsense("a certificate for \(certificate.names.sorted().joined(separator: ", "))")
        }
        guard certificate.end > now else { throw .nonsense("a certificate that is over") }
        do {
            try PrivateFile.write(text + pair.chainText, to: nextChain, mode: 0o644, replacing: true)
        } catch {
            throw .file(problem: error.problem, remedy: error.remedy)
        }
        try finish()
        certificate.directory = configuration.directory
        return certificate
    }

    /// Removes what an order without success leaves.
    /// - Parameter keepingOrder: whether one that `keep` was told of stays, to be gone on with.
    func discard(keepingOrder: Bool = false) {
        if keepingOrder, PrivateFile.exists(nextOrder) { return }
        unlink(nextOrder)
        unlink(nextKey)
        unlink(nextChain)
    }

    /// Removes what a process left that was killed while it wrote.
    func clear() {
        for folder in [configuration.certificateFolder, configuration.folders.certificates] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.hasSuffix(".tmp") { unlink("\(folder)/\(name)") }
        }
    }

    /// Carries through what was begun: a chain that is whole has its key in `next-key.pem`, or already in its place.
    private func finish() throws(ACMEFailure) {
        guard let chain = try text(nextChain) else { return }
        if let key = try text(nextKey), (try? issued(chain, key)) != nil {
            // The key first: as long as the two do not go together the proxy goes on with what it has.
            try move(nextKey, to: configuration.keyFile)
            try move(nextChain, to: configuration.chainFile)
            unlink(nextOrder)
        } else if let key = try text(configuration.keyFile), (try? issued(chain, key)) != nil {
            try move(nextChain, to: configuration.chainFile)
            unlink(nextOrder)
        } else {
            discard()
        }
    }

    private func move(_ file: String, to place: String) throws(ACMEFailure) {
        guard rename(file, place) == 0 else {
            throw .file(
                problem: "cannot write \(place): \(String(cString: strerror(errno)))", remedy: "Look at that path")
        }
        let folder = open(configuration.certificateFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw .file(
                problem: "cannot sync \(configuration.certificateFolder): \(String(cString: strerror(errno)))",
                remedy: "Look at that path")
        }
    }

    // MARK: Reading

    private func issued(_ chain: String, _ key: String) throws(ACMEFailure) -> IssuedCertificate {
        do {
            let pair = try CertificatePair(chain: chain, key: key)
            let isRSA = pair.leaf.publicKey.isRSA
            return IssuedCertificate(
                names: Set(pair.names), begin: Int(pair.leaf.notValidBefore.timeIntervalSince1970),
                end: Int(pair.leaf.notValidAfter.timeIntervalSince1970), keyType: isRSA ? .rsa : .ecdsa,
                directory: Self.directory(of: chain))
        } catch {
            throw .nonsense("a certificate that \(error.problem)")
        }
    }

    private static func directory(of chain: String) -> String? {
        chain.split(separator: "\n").first { $0.hasPrefix(note) }.map { String($0.dropFirst(note.count)) }
    }

    /// Nil when there is no such file.
    private func text(_ path: String) throws(ACMEFailure) -> String? {
        guard PrivateFile.exists(path) else { return nil }
        do {
            return try PrivateFile.read(path)
        } catch {
            throw .file(problem: error.problem, remedy: error.remedy)
        }
    }

    private func secret(_ path: String) throws(ACMEFailure) -> String? {
        if let mode = PrivateFile.wideMode(path) {
            throw .file(problem: "\(path) can be read by others (mode \(mode))", remedy: "Run chmod 600 \(path)")
        }
        return try text(path)
    }
}

extension Certificate.PublicKey {
    fileprivate var isRSA: Bool {
        _RSA.Signing.PublicKey(self) != nil
    }
}
