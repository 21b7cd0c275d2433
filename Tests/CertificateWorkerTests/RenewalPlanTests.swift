import BundleConfig
import Testing

@testable import CertificateWorker

@Suite("A certificate")
struct RenewalPlanTests {
    private let wanted = ACMEConfiguration(
        directory: "https://ca.test/", domains: ["a.test", "b.test"], folders: .init(certificates: "", challenges: ""))
    private let present = IssuedCertificate(
        names: ["b.test", "a.test"], begin: 0, end: 9_000, keyType: .ecdsa, directory: "https://ca.test/")

    private func plan(_ present: IssuedCertificate?, at now: Int, chance: Double = 0) -> RenewalPlan {
        RenewalPlan(present, wanted, now: now, chance: chance)
    }

    private func isOrdered(_ plan: RenewalPlan) -> Bool {
        if case .order = plan { true } else { false }
    }

    @Test("is renewed when two thirds of its life are over, or up to a thirtieth earlier")
    func time() {
        #expect(plan(present, at: 0) == .wait(until: 6_000))
        #expect(plan(present, at: 5_999) == .wait(until: 6_000))
        #expect(plan(present, at: 6_000) == .order(reason: "the present one ends on 1970-01-01"))
        #expect(plan(present, at: 9_000) == .order(reason: "the present one ended on 1970-01-01"))
        #expect(plan(present, at: 0, chance: 1) == .wait(until: 5_700))
        #expect(plan(present, at: 0, chance: 7) == .wait(until: 5_700))
    }

    @Test("is ordered when there is none, or it is not what is wanted")
    func changes() {
        #expect(plan(nil, at: 0) == .order(reason: "there is none"))
        var other = present
        other.names = ["a.test"]
        #expect(isOrdered(plan(other, at: 0)))
        other = present
        other.directory = nil
        #expect(isOrdered(plan(other, at: 0)))
        other = present
        other.keyType = .rsa
        #expect(isOrdered(plan(other, at: 0)))
    }

    @Test("with an impossible life is ordered, and no arithmetic fails")
    func impossible() {
        var other = present
        (other.begin, other.end) = (9_000, 0)
        #expect(plan(other, at: 8_999) == .wait(until: 9_000))
        #expect(isOrdered(plan(other, at: 9_001)))
    }
}
