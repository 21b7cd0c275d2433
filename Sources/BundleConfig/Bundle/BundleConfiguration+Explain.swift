// A worker's refusal, told of the file that a person wrote.

extension BundleConfiguration {
    /// - Parameters:
    ///   - problem: `PATH:LINE: KEY: …`, as a worker says it of a file that it was given.
    ///   - rendered: that file.
    /// - Returns: the same with this configuration's file, line and key; other sentences as they are.
    package func explain(_ problem: String, of rendered: RenderedFile) -> String {
        guard problem.hasPrefix(rendered.path + ":") else { return problem }
        let sentence = String(
            problem.dropFirst(rendered.path.count).drop { $0 == ":" || $0 == " " || ($0.isASCII && $0.isNumber) })
        let worker = rendered.name.prefix { $0 != "." }
        let isOwn = worker == "auth" && (sentence.hasPrefix("acl") || sentence.hasPrefix("users"))
        let told = isOwn ? sentence : worker == "acme" ? "tls.acme.\(sentence)" : "\(worker).\(sentence)"
        guard let file else { return told }
        let key = told.prefix { $0 != ":" }
        let line = (try? PrivateFile.read(file)).flatMap { try? ConfigurationNode.parse($0, file: file) }?
            .nearest(to: String(key)).line
        return line.map { "\(file):\($0): \(told)" } ?? "\(file): \(told)"
    }
}

extension ConfigurationNode {
    /// The node at a path such as `acl[2].match.name`, or the last one on the way there.
    func nearest(to path: String) -> ConfigurationNode {
        var node = self
        for step in path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            let elements = (try? node.sequence()) ?? []
            if let index = Int(step), elements.indices.contains(index) {
                node = elements[index]
            } else if let next = node[String(step)] {
                node = next
            } else {
                break
            }
        }
        return node
    }
}
