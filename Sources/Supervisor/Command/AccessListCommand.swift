internal import ArgumentParser
internal import Glibc

/// `dockmaster acl …`: runs `dockmaster-auth acl …`, which has the access list; without `--config` on the run folder's auth.yml.
struct AccessListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl", abstract: "Ask an access list: explain, test, lint, evaluate.",
        discussion: """
            explain USER SCOPE [--ip ADDRESS] says which rule decides, where it stands and why earlier ones did not. \
            test FILE runs a table of expectations. lint says what is likely not meant. evaluate decides JSON lines of \
            standard input. Without --config FILE, the running registry's auth.yml is read. See docs/auth.md.
            """)

    @Argument(parsing: .captureForPassthrough, help: "What to ask, and of what.")
    var words: [String] = []

    func run() throws {
        try calling { () throws(CallFailure) in
            let program = "\(BundleLoading.workersFolder())/dockmaster-auth"
            var arguments = ["dockmaster acl"] + ["acl"] + words
            let needsFile = ["explain", "test", "lint"].contains(words.first ?? "")
            let isNamed = words.contains {
                $0 == "--config" || $0.hasPrefix("--config=") || $0 == "--help" || $0 == "-h"
            }
            if needsFile, !isNamed {
                guard let control = try (try? ControlArguments.parse([]))?.socket() else {
                    throw CallFailure(.usage, "name the file: --config FILE")
                }
                arguments += ["--config", control.replacing("/control.sock", with: "") + "/auth.yml"]
            }
            var pointers = arguments.map { strdup($0) } + [nil]
            execv(program, &pointers)
            throw CallFailure(.server, "cannot run \(program): \(String(cString: strerror(errno)))")
        }
    }
}
