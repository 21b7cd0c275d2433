/// Writes Prometheus' text format, version 0.0.4: sorted, so that the same figures give the same text.
package struct MetricsText {
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    package typealias Labels = [(name: String, value: String)]
    private var text = ""

    package init() {}

    package mutating func counter(_ name: String, _ help: String, _ samples: [(Labels, Int)]) {
        simple(name, "counter", help, samples)
    }

    package mutating func gauge(_ name: String, _ help: String, _ samples: [(Labels, Int)]) {
        simple(name, "gauge", help, samples)
    }

    package mutating func histogram(_ name: String, _ help: String, _ samples: [(Labels, Histogram)]) {
        guard head(name, "histogram", help, isEmpty: samples.isEmpty) else { return }
        let sorted = samples.map { (Self.labels($0.0), $0.0, $0.1) }.sorted { $0.0 < $1.0 }
        for (written, labels, histogram) in sorted {
            var count = 0
            for (index, bound) in Histogram.bounds.enumerated() {
                count += histogram.counts[index]
                text += "\(name)_bucket\(Self.labels(labels + [("le", Self.number(bound))])) \(count)\n"
            }
            text += "\(name)_bucket\(Self.labels(labels + [("le", "+Inf")])) \(histogram.total)\n"
            text += "\(name)_sum\(written) \(Self.number(histogram.sum))\n"
            text += "\(name)_count\(written) \(histogram.total)\n"
        }
    }

    package func finished() -> String { text }

    private mutating func simple(_ name: String, _ type: String, _ help: String, _ samples: [(Labels, Int)]) {
        guard head(name, type, help, isEmpty: samples.isEmpty) else { return }
        for line in samples.map({ "\(name)\(Self.labels($0.0)) \($0.1)\n" }).sorted() { text += line }
    }

    /// - Returns: false when there is nothing to tell of.
    private mutating func head(_ name: String, _ type: String, _ help: String, isEmpty: Bool) -> Bool {
        guard !isEmpty else { return false }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        return true
    }

    private static func labels(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        return "{\(labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ","))}"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }

    /// `1` rather than `1.0`.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
