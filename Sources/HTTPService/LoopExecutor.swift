package import NIOCore

/// Runs the parts of a task on an event loop, so that what writes to a connection changes no threads for it.
///
/// Only for tasks that neither block nor compute for long.
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
