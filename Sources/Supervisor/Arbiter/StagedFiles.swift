internal import BundleConfig
internal import Glibc
internal import ProcessControl

/// Puts the workers' files in place, all or none: each that changes is written beside its place and tried by the worker
/// that will read it (`--check`); only when every worker accepts its own are they renamed.
///
/// So what only a worker can judge, such as the access list's regular expressions, is refused before anything changes.
/// - Blocks: for one short run of the workers concerned, side by side. Not for the loop's thread once it runs.
enum StagedFiles {
    /// Tells a worker's sentence about a file that it was given in terms of the file a person wrote.
    typealias Explanation = (String, RenderedFile) -> String

    static func replace(_ files: [RenderedFile], workers: String, explain: Explanation) throws(Refusal) {
        let changed = files.filter { TextFile.read($0.path) != $0.contents }
        let staged = changed.map { at($0.path + ".new", $0) }
        defer { for file in staged { unlink(file.path) } }
        try tryOut(staged, workers: workers, explain: explain)
        for (file, place) in zip(staged, changed.map(\.path)) {
            guard rename(file.path, place) == 0 else {
                throw Refusal(problems: ["cannot replace \(place): \(SystemError.last("rename"))"])
            }
        }
    }

    /// Tries the files without putting them in place: in a folder of their own, which is removed again.
    static func check(_ files: [RenderedFile], workers: String, explain: Explanation) throws(Refusal) {
        var template = Array("/tmp/dockmaster-check.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Refusal(problems: ["cannot make a folder below /tmp: \(SystemError.last("mkdtemp"))"])
        }
        let folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let staged = files.map { at("\(folder)/\($0.name)", $0) }
        defer {
            for file in staged { unlink(file.path) }
            rmdir(folder)
        }
        try tryOut(staged, workers: workers, explain: explain)
    }

    private static func tryOut(_ files: [RenderedFile], workers: String, explain: Explanation) throws(Refusal) {
        var problems: [String] = []
        do {
            for file in files { try file.write() }
            let checks = try files.map { file in
                try WorkerCheck("\(workers)/dockmaster-\(file.name.split(separator: ".")[0])", file: file.path)
            }
            for (file, check) in zip(files, checks) { problems += check.problems().map { explain($0, file) } }
        } catch {
            throw Refusal(problems: ["cannot try the new configuration: \(error)"])
        }
        guard problems.isEmpty else { throw Refusal(problems: problems) }
    }

    private static func at(_ path: String, _ file: RenderedFile) -> RenderedFile {
        RenderedFile(name: file.name, path: path, contents: file.contents, masked: file.masked)
    }
}
