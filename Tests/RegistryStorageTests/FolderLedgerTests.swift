import Testing

@testable import RegistryStorage

@Suite("What is known of folders")
struct FolderLedgerTests {
    private let ledger = FolderLedger(recent: 4)

    @Test("a folder is settled once its change has been synced, until the next")
    func settled() {
        ledger.beginChange("a")
        let ticket = ledger.endChange("a")
        #expect(!ledger.isSettled("a"))
        ledger.settle([("a", ticket)])
        #expect(ledger.isSettled("a"))
        ledger.beginChange("a")
        #expect(!ledger.isSettled("a"))
    }

    @Test("who has synced before another's change does not settle it", arguments: [false, true])
    func overtaken(isUnderWay: Bool) throws {
        ledger.beginChange("a")
        let mine = ledger.endChange("a")
        // My sync is here; then somebody else gives a file its name.
        ledger.beginChange("a")
        if isUnderWay {
            ledger.settle([("a", mine)])
            #expect(!ledger.isSettled("a"))
        }
        let other = ledger.endChange("a")
        ledger.settle([("a", mine)])
        #expect(!ledger.isSettled("a"))
        ledger.settle([("a", other)])
        #expect(ledger.isSettled("a"))
    }

    @Test("who syncs what another has changed settles it for both, but not within the change")
    func watched() throws {
        ledger.beginChange("a")
        #expect(ledger.watch("a") == nil)
        let other = ledger.endChange("a")
        let ticket = try #require(ledger.watch("a"))
        ledger.settle([("a", ticket)])
        #expect(ledger.isSettled("a"))
        ledger.settle([("a", other)])
        #expect(ledger.isSettled("a"))
    }

    @Test("it forgets rather than grows, and what is forgotten is not settled")
    func bounded() {
        var tickets: [(path: String, ticket: Int)] = []
        for number in 0..<20 {
            ledger.beginChange("\(number)")
            tickets.append(("\(number)", ledger.endChange("\(number)")))
        }
        ledger.settle(tickets)
        #expect(!ledger.isSettled("0"))
        #expect(ledger.isSettled("19"))
    }
}
