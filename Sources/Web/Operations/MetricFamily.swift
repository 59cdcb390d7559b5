/// One metric with all its label values, in the Prometheus text format 0.0.4.
public struct MetricFamily: Sendable {
    /// How Prometheus treats the numbers.
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// One number.
    public struct Sample: Sendable {
        var suffix: String
        var labels: [(name: String, value: String)]
        var value: Double

        /// A number of the family itself.
        public init(_ value: Double, labels: [(name: String, value: String)] = []) {
            self.init(suffix: "", labels: labels, value: value)
        }

        init(suffix: String, labels: [(name: String, value: String)], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    let name: String
    let help: String
    let kind: Kind
    var samples: [Sample]

    /// A metric.
    ///
    /// - Parameters:
    ///   - name: `martlet_…`, counters ending in `_total`, units in the name.
    ///   - help: one sentence.
    public init(_ name: String, _ kind: Kind, help: String, _ samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    func write(to text: inout String) {
        text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }
                text += "{" + labels.joined(separator: ",") + "}"
            }
            text += " \(Self.number(sample.value))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
