internal import BundleConfig
internal import CLinux
internal import Glibc
internal import PluginInterface
internal import ProcessControl

/// `use: cron`: runs commands, or starts, restarts, reloads and stops watchers, on a schedule.
/// ```yaml
/// settings:
///   jobs:
///     collect: {schedule: "30 4 * * *", run: "/usr/bin/dockmaster-registry collect"}
///     fresh:   {schedule: "@weekly", do: restart, watcher: proxy}
/// ```
/// - A run that is due while its last one goes on is left out, unless `overlap: true`. Runs that were missed (the machine
///   slept, the clock was put forward) are not made up for.
/// - Sleeps until the next job is due, by a timer that a change of the clock wakes: no polling.
final class Cron: BuiltInPlugin {
    static let commands: Set<String> = ["run", "start", "stop", "restart", "reload"]

    private let jobs: [CronJob]
    private var due: [Int64?] = []
    private var running: Set<String> = []
    private var office: PluginOffice?
    private var timer: WallTimer?

    init(_ settings: ConfigurationNode) throws(ConfigurationErrors) {
        try settings.refuseUnknownKeys(["jobs"])
        let entries: [(key: String, value: ConfigurationNode)]
        do throws(ConfigurationError) {
            entries = try settings["jobs"]?.mapping() ?? []
            if entries.isEmpty {
                throw settings.refused("names no jobs", remedy: "Write jobs: {NAME: {schedule: \"@daily\", run: …}}")
            }
        } catch {
            throw ConfigurationErrors([error])
        }
        var jobs: [CronJob] = []
        var errors: [ConfigurationError] = []
        for entry in entries {
            do throws(ConfigurationErrors) {
                jobs.append(try CronJob(entry.key, entry.value))
            } catch {
                errors += error.errors
            }
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        self.jobs = jobs
    }

    var subscriptions: Set<SupervisorEvent.Kind> { [] }
    func take(_ event: SupervisorEvent) {}

    func start(_ office: PluginOffice) {
        self.office = office
        plan()
        do throws(SystemError) {
            timer = try WallTimer(loop: office.loop) { [weak self] wasSet in self?.wake(wasSet: wasSet) }
            arm()
        } catch {
            office.warning("no job will run: \(error)")
        }
        if office.isAtStart {
            for job in jobs where job.schedule.isAtStart { begin(job) }
        }
    }

    func stop() {
        timer = nil
        office = nil
    }

    private func plan() {
        LocalClock.refreshZone()
        let now = LocalClock.now
        due = jobs.map { $0.schedule.isAtStart ? nil : $0.schedule.next(after: now, offset: LocalClock.offset) }
    }

    private func arm() {
        guard let next = due.compactMap({ $0 }).min() else { return }
        timer?.arm(at: next)
    }

    private func wake(wasSet: Bool) {
        guard office?.isStopping == false else { return }
        if wasSet {
            // Somebody has set the clock: what is due is reckoned anew from here.
            plan()
            return arm()
        }
        let now = LocalClock.now
        LocalClock.refreshZone()
        for (index, job) in jobs.enumerated() {
            guard let time = due[index], time <= now else { continue }
            due[index] = job.schedule.next(after: now, offset: LocalClock.offset)
            begin(job)
        }
        arm()
    }

    private func begin(_ job: CronJob) {
        guard job.mayOverlap || !running.contains(job.name) else {
            office?.warning("\(job.name) is due and still runs; this run is left out")
            return
        }
        running.insert(job.name)
        office?.ask(job.order, "\(job.name) is due (\(job.text))") { [weak self] refused in
            guard let self else { return }
            self.running.remove(job.name)
            if let refused { self.office?.warning("\(job.name) failed: \(refused.problem)") }
        }
    }
}
