import BundleConfig

/// The account's key on disk: made once, then kept.
///
/// Blocks: not for the cooperative pool.
struct AccountFile: Sendable {
    let path: String

    /// The key that is there, or a new one.
    /// - Throws: for one that others can read, or that is none.
    func key() throws(ACMEFailure) -> AccountKey {
        do {
            if PrivateFile.exists(path) {
                if let mode = PrivateFile.wideMode(path) {
                    throw ACMEFailure.file(
                        problem: "\(path) can be read by others (mode \(mode))",
                        remedy:
                            "Run chmod 600 \(path); if others may have read it, remove it, and a new account is made")
                }
                guard let key = AccountKey(pem: try PrivateFile.read(path)) else {
                    throw ACMEFailure.file(
                        problem: "\(path) holds no key on P-256",
                        remedy: "Restore it, or move it away for a new account")
                }
                return key
            }
            return try renew()
        } catch let error as DiskError {
            throw .file(problem: error.problem, remedy: error.remedy)
        } catch let failure as ACMEFailure {
            throw failure
        } catch {
            throw .file(problem: "\(path) cannot be used", remedy: "Look at that path")
        }
    }

    /// Another key in the place of the one that is there.
    func renew() throws(ACMEFailure) -> AccountKey {
        let key = AccountKey()
        do {
            try PrivateFile.write(key.pem.reveal(), to: path, replacing: true)
        } catch {
            throw .file(problem: error.problem, remedy: error.remedy)
        }
        return key
    }
}
