internal import ArgumentParser

/// `group=web,dev` of a command line.
struct LabelArgument: ExpressibleByArgument {
    let name: String
    let values: [String]

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        values = parts[1].split(separator: ",").map(String.init)
    }

    /// All of them as one object; a label that comes twice has the values of both.
    static func json(_ labels: [LabelArgument]) -> JSONValue {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for label in labels {
            if values[label.name] == nil { names.append(label.name) }
            values[label.name, default: []] += label.values
        }
        return .object(names.map { ($0, .array((values[$0] ?? []).map { .string($0) })) })
    }
}
