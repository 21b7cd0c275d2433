import Supervision
import Testing

@Suite("The supervisor's settings")
struct SupervisorSettingsTests {
    private let usual = [WatcherSettings().grace, .seconds(5)]

    @Test("have everything killed a moment before docker would, in a container and nowhere else")
    func container() {
        #expect(SupervisorSettings().stopDeadline(isContainer: true, graces: usual) == .seconds(9))
        #expect(SupervisorSettings().stopDeadline(isContainer: false, graces: usual) == nil)
    }

    @Test("leave a watcher the grace that was chosen for it, where that is longer")
    func chosenGrace() {
        let settings = SupervisorSettings()
        #expect(settings.stopDeadline(isContainer: true, graces: usual + [.seconds(60)]) == nil)
        #expect(settings.stopDeadline(isContainer: true, graces: usual + [.seconds(12)]) == nil)
        #expect(settings.stopDeadline(isContainer: true, graces: usual + [.seconds(8)]) == .seconds(9))
    }

    @Test("say it themselves: a deadline, or none")
    func explicit() {
        var settings = SupervisorSettings()
        settings.hasNoStopDeadline = true
        #expect(settings.stopDeadline(isContainer: true, graces: usual) == nil)
        settings.stopDeadline = .seconds(20)
        #expect(settings.stopDeadline(isContainer: true, graces: usual + [.seconds(60)]) == .seconds(20))
        #expect(settings.stopDeadline(isContainer: false, graces: usual) == .seconds(20))
    }
}
