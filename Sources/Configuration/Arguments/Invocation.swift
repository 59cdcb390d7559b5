/// One call of the program: what to do, with which operands, options and settings.
public struct Invocation: Sendable {
    /// What to do.
    public let verb: Verb
    /// Words that are no options.
    public let operands: [String]
    /// Settings given as flags, in order.
    public let settings: [(setting: Setting, text: String)]
    /// Whether the answer is wanted as JSON.
    public let wantsJSON: Bool
    private let options: [String: [String]]

    /// The value of an option; nil when it was not given.
    public func value(_ option: String) -> String? { options[option]?.last }

    /// All values of an option that may be repeated.
    public func values(_ option: String) -> [String] { options[option] ?? [] }

    /// Whether an option was given.
    public func has(_ option: String) -> Bool { options[option] != nil }

    /// The whole-number value of an option.
    /// - Throws: `UsageError` naming it.
    public func number(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "--\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound).", verb: verb)
        }
        return number
    }

    /// Reads the arguments behind the program's name.
    /// - Throws: `UsageError`.
    public init(_ arguments: [String]) throws(UsageError) {
        guard let (verb, wordCount) = try Self.verb(arguments) else {
            // `martlet clients --help` and the like.
            var help = ArgumentReader(verb: .help)
            help.operands = arguments.filter { !$0.hasPrefix("-") }
            help.wantsJSON = arguments.contains("--json")
            self.init(help)
            return
        }
        var reader = ArgumentReader(verb: verb)
        try reader.read(arguments.dropFirst(wordCount))
        if reader.wantsHelp, verb != .help {
            var help = ArgumentReader(verb: .help)
            help.operands = verb.words
            help.wantsJSON = reader.wantsJSON
            reader = help
        }
        try reader.checkOperands()
        self.init(reader)
    }

    private init(_ reader: ArgumentReader) {
        verb = reader.verb
        operands = reader.operands
        options = reader.options
        settings = reader.settings
        wantsJSON = reader.wantsJSON
    }

    /// The verb that the arguments begin with; nil when help on a whole group, or on everything, is wanted.
    private static func verb(_ arguments: [String]) throws(UsageError) -> (Verb, words: Int)? {
        guard let first = arguments.first else {
            throw UsageError("A verb is missing.")
        }
        let wantsHelp = arguments.contains("--help") || arguments.contains("-h")
        if first.hasPrefix("-") {
            if wantsHelp { return nil }
            throw UsageError("The verb comes first, options after it.")
        }
        if let verb = Verb.allCases.first(where: { $0.words == [first] }) { return (verb, 1) }
        guard Verb.groups.contains(first) else { throw UsageError("'\(first)' is no verb.") }
        if let second = arguments.dropFirst().first,
            let verb = Verb.allCases.first(where: { $0.words == [first, second] })
        {
            return (verb, 2)
        }
        if wantsHelp { return nil }
        let choices = Verb.allCases.filter { $0.words[0] == first }.map { $0.words[1] }
        throw UsageError("'\(first)' needs one of: \(choices.joined(separator: ", ")).")
    }
}

/// Wrong usage: exit 2.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and where to read on.
    public let description: String

    /// A sentence about one verb, or about the whole command line.
    public init(_ sentence: String, verb: Verb? = nil) {
        description = "\(sentence) See 'martlet help\(verb.map { " " + $0.rawValue } ?? "")'."
    }
}

/// Reads what stands behind a verb.
private struct ArgumentReader {
    let verb: Verb
    var operands: [String] = []
    var options: [String: [String]] = [:]
    var settings: [(setting: Setting, text: String)] = []
    var wantsJSON = false
    var wantsHelp = false

    init(verb: Verb) { self.verb = verb }

    mutating func read(_ arguments: ArraySlice<String>) throws(UsageError) {
        var rest = arguments
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            // One hyphen is what an id may begin with.
            guard argument.hasPrefix("--") || argument == "-h" else {
                operands.append(argument)
                continue
            }
            try readOption(argument, &rest)
        }
    }

    private mutating func readOption(
        _ argument: String, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let name = argument.prefix { $0 != "=" }
        let attached = name.endIndex < argument.endIndex ? String(argument[name.endIndex...].dropFirst()) : nil
        switch name {
        case "--help", "-h": wantsHelp = true
        case "--json": wantsJSON = true
        default:
            if let setting = Setting.allCases.first(where: { $0.flag == name }) {
                settings.append((setting, try settingText(setting, attached, &rest)))
            } else if let option = verb.syntax.options.first(where: { "--" + $0.name == name }) {
                try readOwn(option, attached, &rest)
            } else {
                throw UsageError("\(name) is no option of '\(verb.rawValue)' and no setting.", verb: verb)
            }
        }
    }

    private func settingText(
        _ setting: Setting, _ attached: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        if let attached { return attached }
        if setting.isSwitch {
            guard let next = rest.first, next == "0" || next == "1" else { return "1" }
            rest.removeFirst()
            return next
        }
        return try next(setting.flag, &rest)
    }

    private mutating func readOwn(
        _ option: Syntax.Option, _ attached: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        guard option.value != nil else {
            guard attached == nil else { throw UsageError("--\(option.name) takes no value.", verb: verb) }
            options[option.name] = []
            return
        }
        guard option.mayRepeat || options[option.name] == nil else {
            throw UsageError("--\(option.name) stands there twice.", verb: verb)
        }
        let value = if let attached { attached } else { try next("--" + option.name, &rest) }
        options[option.name, default: []].append(value)
    }

    private func next(_ name: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
        guard let value = rest.popFirst() else { throw UsageError("\(name) needs a value.", verb: verb) }
        return value
    }

    func checkOperands() throws(UsageError) {
        let expected = verb.syntax.operands
        if operands.count > expected.count {
            throw UsageError("'\(operands[expected.count])' is one word too many.", verb: verb)
        }
        if let missing = expected.dropFirst(operands.count).first(where: { !$0.isOptional }) {
            throw UsageError("\(missing.name) is missing.", verb: verb)
        }
    }
}
