internal import ProcessControl

/// The fields of /proc/PID/stat that matter here. A program's name may hold spaces and brackets.
struct ProcessStat: Equatable {
    var name: String
    var state: Character
    var parent: ProcessID
    var userTicks: Int
    var systemTicks: Int
    var nice: Int
    var threads: Int
    /// Since boot.
    var startTicks: Int
    var virtualBytes: Int
    var residentPages: Int

    init?(_ text: String) {
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
        name = String(text[text.index(after: open)..<close])
        // From field 3 on, so that a field's place is its number in proc(5) less three.
        let fields = text[text.index(after: close)...].split { $0 == " " || $0 == "\n" }
        func number(_ field: Int) -> Int? { fields.count > field - 3 ? Int(fields[field - 3]) : nil }
        guard let state = fields.first?.first, let parent = number(4).map({ ProcessID(truncatingIfNeeded: $0) }),
            let user = number(14), let system = number(15), let nice = number(19), let threads = number(20),
            let start = number(22), let virtual = number(23), let resident = number(24)
        else { return nil }
        self.state = state
        self.parent = parent
        userTicks = user
        systemTicks = system
        self.nice = nice
        self.threads = threads
        startTicks = start
        virtualBytes = virtual
        residentPages = resident
    }
}
