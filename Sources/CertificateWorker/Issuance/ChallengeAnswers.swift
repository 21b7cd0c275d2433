import BundleConfig
import FoundationEssentials
import Glibc

/// What the proxy answers the authority with: files in a folder that it reads.
///
/// `http-01/TOKEN` holds the key authorization; `tls-alpn-01/HOST.pem` a certificate and its key.
struct ChallengeAnswers: Sendable {
    let folder: String

    /// - Parameter now: seconds since 1970.
    /// - Returns: the file, to be taken away again.
    func give(
        _ challenge: ACMEConfiguration.Challenge, name: String, token: String, authorization: String, now: Int
    ) throws(ACMEFailure) -> String {
        let place = "\(folder)/\(challenge.rawValue)"
        do {
            try PrivateFile.makeFolder(place)
            switch challenge {
            case .http01:
                try PrivateFile.write(authorization, to: "\(place)/\(token)", replacing: true)
                return "\(place)/\(token)"
            case .tlsALPN01:
                let pem = try ChallengeCertificate.make(for: name, authorization: authorization, now: now)
                try PrivateFile.write(pem.reveal(), to: "\(place)/\(name).pem", replacing: true)
                return "\(place)/\(name).pem"
            }
        } catch let error as DiskError {
            throw .file(problem: error.problem, remedy: error.remedy)
        } catch {
            throw .file(problem: "a certificate for the challenge cannot be made", remedy: "Report this as a fault")
        }
    }

    func takeAway(_ files: [String]) {
        for file in files { unlink(file) }
    }

    /// Removes what a process left behind that ended in the middle of an order.
    func clear() {
        for challenge in ACMEConfiguration.Challenge.allCases {
            let place = "\(folder)/\(challenge.rawValue)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            takeAway(names.map { "\(place)/\($0)" })
        }
    }
}
