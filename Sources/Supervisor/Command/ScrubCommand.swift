internal import ArgumentParser

/// `dockmaster scrub`: everything that the registry holds is compared with its digests.
struct ScrubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Compare all that the registry holds with its digests; damaged blobs are set aside and named.")

    @Option(help: "Bytes a second; without it, as fast as the disk gives them.")
    var rate: Int?
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let client = try ControlClient(at: RegistryCaller(control).socket)
            var last = JSONValue.null
            let refused = try client.follow("/v1/scrub\(rate.map { "?rate=\($0)" } ?? "")", by: "POST") { line in
                last = JSONValue(line.utf8) ?? .null
                if control.json {
                    Output.print(last)
                } else if let digest = last["damaged"].string {
                    Output.print("\(digest) is damaged and set aside: \(last["images"].string ?? "")\n")
                }
                return true
            }
            if let refused { return try ControlCaller.check(refused) }
            if let problem = last["problem"].string { throw CallFailure(.server, problem) }
            guard let blobs = last["blobs"].integer, let damaged = last["damaged_blobs"].integer else {
                throw CallFailure(.server, "the registry ended before it had looked at everything; see its log")
            }
            guard damaged == 0 else {
                throw CallFailure(
                    .failed, "\(damaged) of \(blobs) blobs are damaged; push the images again that need them")
            }
            if !control.json {
                Output.print("\(blobs) blobs, \(Figures.bytes(last["bytes"].integer)): all as their digests say\n")
            }
        }
    }
}
