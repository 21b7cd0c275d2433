import RegistryModel
import Testing

@testable import RegistryWorker

@Suite("The journal of pushes and pulls")
struct ActivityJournalTests {
    private let start = ContinuousClock.now
    private let caller = Caller(name: "ci")

    @Test("times a push from the first that is seen of it")
    func pushes() throws {
        let name = try #require(RepositoryName("a"))
        let journal = ActivityJournal()
        #expect(journal.pushEnds(by: caller, from: "x", to: name, at: start) == nil)
        journal.pushBegins(by: caller, from: "x", to: name, at: start)
        journal.pushBegins(by: caller, from: "x", to: name, at: start + .seconds(1))
        #expect(journal.pushEnds(by: caller, from: "y", to: name, at: start) == nil)
        #expect(journal.pushEnds(by: caller, from: "x", to: name, at: start + .seconds(3)) == .seconds(3))
        #expect(journal.pushEnds(by: caller, from: "x", to: name, at: start + .seconds(4)) == nil)
    }

    @Test("tells of repeated pulls together")
    func pulls() throws {
        let name = try #require(RepositoryName("a"))
        let digest = try #require(Digest("sha256:" + String(repeating: "0", count: 64)))
        let journal = ActivityJournal()
        #expect(journal.pull(of: digest, by: caller, from: "x", in: name, at: start) == 0)
        #expect(journal.pull(of: digest, by: caller, from: "x", in: name, at: start + .seconds(1)) == nil)
        #expect(journal.pull(of: digest, by: caller, from: "x", in: name, at: start + .seconds(2)) == nil)
        #expect(journal.pull(of: digest, by: caller, from: "y", in: name, at: start + .seconds(2)) == 0)
        #expect(journal.pull(of: digest, by: caller, from: "x", in: name, at: start + .seconds(11)) == 2)
    }
}
