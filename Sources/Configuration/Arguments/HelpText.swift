public import JOSE

/// What `martlet help` says, made of the same table that the arguments are read by.
public enum HelpText {
    /// Help on a verb, a group of verbs, `settings`, or everything.
    /// - Throws: `UsageError` for words that are none of these.
    public static func text(on words: [String]) throws(UsageError) -> String {
        guard let first = words.first else { return overview }
        if words == ["settings"] { return settings }
        let verbs = Verb.allCases.filter { $0.words.starts(with: words) }
        guard !verbs.isEmpty else { throw UsageError("'\(words.joined(separator: " "))' is no verb.") }
        if verbs.count == 1, verbs[0].words == words { return text(on: verbs[0]) }
        return "Usage: martlet \(first) VERB …\n\n" + table(of: verbs)
    }

    /// The same for programs: every verb (of a group, if named) with its operands and options.
    public static func json(on words: [String]) -> JSON {
        .array(
            Verb.allCases.filter { $0.words.starts(with: words) }.map { verb in
                [
                    "verb": .string(verb.rawValue), "summary": .string(verb.syntax.summary),
                    "operands": .array(verb.syntax.operands.map { .string($0.name) }),
                    "options": .array(
                        verb.syntax.options.map { option in
                            [
                                "option": .string("--" + option.name),
                                "value": option.value.map { .string($0) } ?? .null,
                                "summary": .string(option.summary),
                            ]
                        }),
                ]
            })
    }

    private static var overview: String {
        """
        Martlet, an OpenID Connect provider.

        Usage: martlet VERB … [--json] [--SETTING VALUE …]

        \(table(of: Verb.allCases))
        Every verb takes --help, --json and the settings ('martlet help settings').
        Exit status: 0 done, 1 refused, 2 wrong usage.

        """
    }

    private static func table(of verbs: [Verb]) -> String {
        TextTable(verbs.map { ["  " + $0.rawValue, $0.syntax.summary] }).text
    }

    private static func text(on verb: Verb) -> String {
        let syntax = verb.syntax
        var usage = "Usage: martlet \(verb.rawValue)"
        for operand in syntax.operands { usage += operand.isOptional ? " [\(operand.name)]" : " \(operand.name)" }
        if !syntax.options.isEmpty { usage += " [OPTION …]" }
        var text = usage + "\n\n" + syntax.summary + "\n"
        if !syntax.options.isEmpty {
            let rows = syntax.options.map { option in
                ["  --\(option.name)\(option.value.map { " " + $0 } ?? "")", option.summary]
            }
            text += "\n" + TextTable(rows).text
        }
        return text + "\nAlso --json, and the settings ('martlet help settings').\n"
    }

    private static var settings: String {
        let rows = Setting.allCases.map { setting in
            [
                "  " + setting.variable, setting.standard ?? "(\(setting.ifUnset))",
                setting.summary + (setting.isReserved ? " (not available yet)" : ""),
            ]
        }
        return "Each is an environment variable, and a flag of the same name: \(Setting.issuer.variable) is "
            + "\(Setting.issuer.flag). A flag wins.\n\n" + TextTable(rows).text
    }
}
