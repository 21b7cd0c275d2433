internal import Glibc

/// Standard output, as a person or a program reads it.
enum Output {
    /// Colours only on a terminal that has them, and never against NO_COLOR.
    static let hasColours: Bool = {
        guard isTerminal else { return false }
        return BundleArguments.variable("NO_COLOR") == nil && BundleArguments.variable("TERM") != "dumb"
    }()

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static func print(_ text: String) {
        Swift.print(text, terminator: "")
    }

    static func print(_ table: TextTable) {
        print(table.text(colours: hasColours))
    }

    /// JSON of one call, on one line.
    static func print(_ json: JSONValue) {
        print(json.text + "\n")
    }

    /// Lines that have to be seen at once, although no terminal reads them.
    static func flush() {
        fflush(nil)
    }
}
