import Testing
import WorkerRuntime

@Suite("Inherited sockets")
struct InheritedSocketsTests {
    @Test("are none where nobody announced any")
    func none() {
        #expect(InheritedSockets().descriptors(named: "https").isEmpty)
        #expect(InheritedSockets().isEmpty)
    }
}
