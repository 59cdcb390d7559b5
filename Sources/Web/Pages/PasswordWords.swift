import Provider

/// What pages say of new passwords.
enum PasswordWords {
    /// Beside the field.
    static func hint(_ policy: PasswordPolicy, _ language: Language) -> HTML {
        switch language {
        case .english: "At least \(policy.shortest) characters. Several words are easy to remember and hard to guess."
        case .german:
            "Mindestens \(policy.shortest) Zeichen. Mehrere Wörter lassen sich leicht merken und schwer erraten."
        }
    }

    /// Why one is refused.
    static func problem(_ problem: PasswordProblem, _ language: Language) -> HTML {
        switch language {
        case .english: english(problem)
        case .german: german(problem)
        }
    }

    private static func english(_ problem: PasswordProblem) -> HTML {
        switch problem {
        case .tooShort(let shortest): "The password is too short: it needs at least \(shortest) characters."
        case .tooLong: "The password is too long: it may have at most \(PasswordPolicy.longest) bytes."
        case .hasNUL: "The password has a character that cannot be used."
        case .common: "This password is one of those that are guessed first. Please choose another one."
        case .containsName: "The password must not contain your user name or e-mail address."
        }
    }

    private static func german(_ problem: PasswordProblem) -> HTML {
        switch problem {
        case .tooShort(let shortest): "Das Passwort ist zu kurz: Es braucht mindestens \(shortest) Zeichen."
        case .tooLong: "Das Passwort ist zu lang: Es darf höchstens \(PasswordPolicy.longest) Byte haben."
        case .hasNUL: "Das Passwort hat ein Zeichen, das nicht verwendet werden kann."
        case .common: "Dieses Passwort wird als eines der ersten erraten. Bitte wählen Sie ein anderes."
        case .containsName: "Das Passwort darf weder Ihren Benutzernamen noch Ihre E-Mail-Adresse enthalten."
        }
    }
}
