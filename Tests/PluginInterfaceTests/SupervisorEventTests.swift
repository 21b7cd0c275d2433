import Testing

@testable import PluginInterface

@Suite("An event")
struct SupervisorEventTests {
    @Test("has the names of the design on the wire")
    func names() {
        let names = SupervisorEvent.Kind.allCases.map(\.rawValue)
        for name in ["gave_up", "reload_refused", "check_failed", "check_recovered"] { #expect(names.contains(name)) }
    }
}
