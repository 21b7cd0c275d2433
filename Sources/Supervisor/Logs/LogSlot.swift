internal import ProcessControl

/// A slot's streams as the relay reads them.
final class LogSlot {
    /// One stream: the reading end of a pipe that stays open across restarts.
    final class Input {
        let stream: LogStream
        let pipe: OwnedDescriptor
        let file: LogFile
        var lines = LineBuffer()
        var registration: EventLoop.Registration?
        var pace = ReadPace()
        /// Whether it has been told that the pipe cannot be watched.
        var isToldUnread = false

        init(stream: LogStream, pipe: consuming OwnedDescriptor, file: LogFile) {
            self.stream = stream
            self.pipe = pipe
            self.file = file
        }
    }

    let watcher: String
    var inputs: [Input] = []
    var lastWords = LastWords()
    var instance = 0

    init(watcher: String) {
        self.watcher = watcher
    }
}
