internal import ArgumentParser

/// `dockmaster gc`: asks the running registry to collect its garbage, while it serves.
struct GCCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Free what no image of the registry needs any more, while it serves.",
        discussion: """
            Tags that no rule of policy.retention keeps go first. What was pushed or asked for within \
            storage.maintenance.gc.grace (1h) is kept. Broken off, it goes on where it stood when it is asked for again.
            """)

    @Flag(help: "Remove nothing; print what would go, and why.")
    var dryRun = false
    @Flag(help: "Manifests without a tag go too, unless an index that stays names them.")
    var untagged = false
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let query = [("dry_run", "\(dryRun)"), ("untagged", "\(untagged)")]
            try RegistryCaller(control).follow("POST", "/v1/gc", query) { (line) throws(CallFailure) in
                if control.json {
                    Output.print(line.text + "\n")
                } else if line["kind"].string == "summary" {
                    Output.print(Self.sentence(line, dryRun: dryRun))
                } else if line["kind"].string == "tag" {
                    Output.print(Self.sentence(tag: line, dryRun: dryRun))
                } else if dryRun {
                    Output.print(Self.text(line))
                }
            }
        }
    }

    /// `blob sha256:12ab…  4.2 MiB: no manifest names it and no repository links it`
    static func text(_ line: JSONValue) -> String {
        let words = [line["kind"].string, line["repository"].string, line["digest"].string].compactMap { $0 }
        let size = line["size"].integer ?? 0
        return words.joined(separator: " ") + (size > 0 ? " \(Figures.bytes(size))" : "")
            + ": \(line["reason"].string ?? "")\n"
    }

    /// `team/app:1.3 would go: older than the last 10, not pulled for 95 days; rule team/* (registry.yml:41)`
    static func sentence(tag line: JSONValue, dryRun: Bool) -> String {
        let verb = line["kept"].bool == true ? "stays" : dryRun ? "would go" : "is gone"
        return
            "\(line["repository"].string ?? ""):\(line["tag"].string ?? "") \(verb): \(line["reason"].string ?? "")\n"
    }

    static func sentence(_ line: JSONValue, dryRun: Bool) -> String {
        let count = { (key: String) in line[key].integer ?? 0 }
        return """
            \(dryRun ? "would free" : "freed") \(Figures.bytes(count("bytes"))): blobs \(count("blobs")), links \
            \(count("links")), manifests \(count("manifests")), tags \(count("tags")), empty repositories \(count("repositories")); \
            \(count("examined")) blobs looked at, \(count("young")) too young

            """
    }
}
