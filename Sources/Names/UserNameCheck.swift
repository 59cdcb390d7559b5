import Provider

/// Whether an NFKC-normalized text may be a user name: one pass over its characters.
struct UserNameCheck {
    static let mostCharacters = 128
    static let mostBytes = 256

    /// UTS 39 §5.4: more than four marks on one letter are noise.
    private static let mostMarks = 4

    private var scripts: NameCharacter.Scripts?
    private var zero: UInt32?
    private var marks: [UInt32] = []
    private var mayTakeMark = false

    /// Why `scalars` are no user name, as the rest of «The parameter 'username' …»; nil when they are one.
    static func problem(with scalars: [UInt32]) -> String? {
        guard !scalars.isEmpty else { return "is empty" }
        guard scalars.count <= mostCharacters else { return "has more than \(mostCharacters) characters" }
        guard scalars.reduce(0, { $0 + utf8Length(of: $1) }) <= mostBytes else {
            return "has more than \(mostBytes) bytes"
        }
        var check = UserNameCheck()
        for scalar in scalars {
            if let problem = check.take(scalar) { return problem }
        }
        return nil
    }

    private mutating func take(_ scalar: UInt32) -> String? {
        if isPunctuation(scalar) {
            mayTakeMark = false
            return nil
        }
        guard let character = NameCharacter(scalar) else {
            return "has a character other than letters, digits and . _ - + @"
        }
        switch character.kind {
        case .letter:
            mayTakeMark = true
            marks.removeAll(keepingCapacity: true)
        case .digit:
            mayTakeMark = false
            guard zero == nil || zero == character.zero else { return "mixes digits of two decimal systems" }
            zero = character.zero
        case .mark:
            guard mayTakeMark else { return "has a combining mark that belongs to no letter" }
            guard !marks.contains(scalar), marks.count < Self.mostMarks else {
                return "has too many combining marks on one letter"
            }
            marks.append(scalar)
        }
        return join(character.scripts)
    }

    /// UTS 39 §5.1: the scripts that all characters so far have in common.
    private mutating func join(_ more: NameCharacter.Scripts?) -> String? {
        guard let more else { return nil }
        let common = scripts?.intersection(more) ?? more
        guard !common.isEmpty else { return "mixes letters of several scripts" }
        scripts = common
        return nil
    }

    private func isPunctuation(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2E, 0x5F, 0x2D, 0x2B, 0x40: true
        default: false
        }
    }

    private static func utf8Length(of scalar: UInt32) -> Int {
        switch scalar {
        case ..<0x80: 1
        case ..<0x800: 2
        case ..<0x10000: 3
        default: 4
        }
    }
}
