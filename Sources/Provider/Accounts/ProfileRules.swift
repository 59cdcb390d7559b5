/// What the standard claims of a profile look like (OpenID Connect Core §5.1) where a person writes them. Relying parties
/// show pictures and follow links without looking twice.
enum ProfileRules {
    /// What is wrong with a claim's text, as the rest of a sentence that begins with its name; nil when nothing is.
    static func problem(_ claim: String, _ text: String) -> String? {
        switch claim {
        case "profile", "picture", "website": isWebAddress(text) ? nil : "must be an absolute http or https URL"
        case "birthdate": isBirthdate(text) ? nil : "must be YYYY-MM-DD, 0000-MM-DD or YYYY"
        case "zoneinfo": isZone(text) ? nil : "must be a time zone such as Europe/Berlin"
        case "locale": isLanguageTag(text) ? nil : "must be a language tag such as de-AT"
        case "phone_number":
            isPhoneNumber(text) ? nil : "must be a telephone number with country code, such as +49 30 1234567"
        default: text.allSatisfy(\.isWhitespace) ? "must not be blank" : nil
        }
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard let parts = URIParts(text), let authority = parts.authority, let host = parts.host else { return false }
        return ["http", "https"].contains(parts.scheme.lowercased()) && !host.isEmpty && !authority.contains("@")
            && parts.hasValidPort
    }

    /// ISO 8601: a date, one without its year, or a year alone.
    private static func isBirthdate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.utf8.allSatisfy(ASCII.isDigit) }), parts[0].utf8.count == 4,
            let year = Int64(parts[0])
        else { return false }
        if parts.count == 1 { return year > 0 }
        guard parts.count == 3, parts[1].utf8.count == 2, parts[2].utf8.count == 2, let month = Int64(parts[1]),
            let day = Int64(parts[2])
        else { return false }
        // A birthday without its year may be the 29th of February.
        return CivilDate.daysSinceEpoch(year: year == 0 ? 2000 : year, month: month, day: day) != nil
    }

    /// The form of a name in the time zone database; which there are changes several times a year.
    private static func isZone(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 64 && parts.count <= 4
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        ASCII.isLetter($0) || ASCII.isDigit($0) || "_+-".utf8.contains($0)
                    }
            }
    }

    /// The form of a tag (RFC 5646 §2.1); the underscore of some platforms is understood, as §5.1 of Core allows.
    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        guard let language = parts.first, (2...8).contains(language.utf8.count),
            language.utf8.allSatisfy(ASCII.isLetter)
        else { return false }
        return parts.count <= 8
            && parts.allSatisfy { part in
                (1...8).contains(part.utf8.count) && part.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) }
            }
    }

    /// E.164 with the usual separators, and an extension by RFC 3966 §3.
    private static func isPhoneNumber(_ text: String) -> Bool {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let number = parts.first, number.utf8.first == UInt8(ascii: "+"), parts.count <= 2 else { return false }
        let digits = number.utf8.count(where: ASCII.isDigit)
        guard (7...15).contains(digits),
            number.utf8.dropFirst().allSatisfy({ ASCII.isDigit($0) || " -().".utf8.contains($0) })
        else { return false }
        guard parts.count == 2 else { return true }
        let ending = parts[1].dropFirst(4)
        return parts[1].hasPrefix("ext=") && (1...15).contains(ending.utf8.count)
            && ending.utf8.allSatisfy(ASCII.isDigit)
    }
}
