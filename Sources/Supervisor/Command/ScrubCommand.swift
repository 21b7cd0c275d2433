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
            var last = JSONValue.null
            let query = rate.map { [("rate", "\($0)")] } ?? []
            try RegistryCaller(control).follow("POST", "/v1/scrub", query) { (line) throws(CallFailure) in
                last = line
                if control.json {
                    Output.print(line.text + "\n")
                } else if let digest = line["damaged"].string {
                    Output.print("\(digest) is damaged and set aside: \(line["images"].string ?? "")\n")
                }
            }
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
