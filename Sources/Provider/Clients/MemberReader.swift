import JOSE

/// Reads the members of a management body: each in camelCase or snake_case, never both; what nobody asked for is
/// refused by name at the end.
struct MemberReader {
    private var members: [String: JSON] = [:]
    private var spellings: [String: String] = [:]
    /// The names that were asked for, sent or not: what is known here.
    private var known: Set<String> = []

    /// - Throws: `invalid_request` when the body is no object or names a member in both spellings.
    init(_ body: JSON) throws(OAuthError) {
        guard let object = body.object else {
            throw OAuthError(.invalidRequest, "The body must be a JSON object.")
        }
        for member in object.members {
            let name = MemberName.camelCase(member.name)
            guard members.updateValue(member.value, forKey: name) == nil else {
                throw .malformed(name, "is there in both spellings")
            }
            spellings[name] = member.name
        }
    }

    /// Whether a member of this name was sent, null included.
    mutating func has(_ name: String) -> Bool { peek(name) != nil }

    /// A member without taking it out.
    mutating func peek(_ name: String) -> JSON? {
        known.insert(name)
        return members[name]
    }

    /// Takes a member out; nil when it was not sent.
    mutating func take(_ name: String) -> JSON? {
        known.insert(name)
        return members.removeValue(forKey: name)
    }

    /// A string of at most `limit` bytes without control characters; null counts as not sent.
    mutating func string(_ name: String, limit: Int = 2000) throws(OAuthError) -> String? {
        guard let value = take(name), !value.isNull else { return nil }
        guard let text = value.string else { throw .member(name, "must be a string") }
        guard text.utf8.count <= limit else { throw .member(name, "is longer than \(limit) bytes") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .member(name, "has a control character")
        }
        return text
    }

    /// Lines of text of at most `limit` code points (what `maxLength` of JSON Schema counts), ended by LF alone, without control characters and without white space at
    /// either end; null counts as not sent.
    mutating func lines(_ name: String, limit: Int) throws(OAuthError) -> String? {
        guard let value = take(name), !value.isNull else { return nil }
        guard let sent = value.string else { throw .member(name, "must be a string") }
        let text = sent.replacing("\r\n", with: "\n")
        guard text.unicodeScalars.count <= limit else { throw .member(name, "is longer than \(limit) characters") }
        guard text.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7F })
        else { throw .member(name, "has a control character") }
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// `true` or `false`.
    mutating func bool(_ name: String) throws(OAuthError) -> Bool? {
        guard let value = take(name), !value.isNull else { return nil }
        guard let flag = value.bool else { throw .member(name, "must be true or false") }
        return flag
    }

    /// A moment that is in no way taken over: what never changes may be repeated, as it stands in an answer.
    mutating func skipTime(_ name: String) throws(OAuthError) {
        guard let text = try string(name, limit: 40), Instant(rfc3339: text) == nil else { return }
        throw .member(name, "must be a time of RFC 3339")
    }

    /// A whole number in a range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(OAuthError) -> Int? {
        guard let value = take(name), !value.isNull else { return nil }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw .member(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// An array of strings without repeats.
    mutating func strings(_ name: String, limit: Int = 100) throws(OAuthError) -> [String]? {
        guard let value = take(name), !value.isNull else { return nil }
        guard let texts = value.strings else { throw .member(name, "must be an array of strings") }
        guard texts.count <= limit else { throw .member(name, "has more than \(limit) elements") }
        guard texts.allSatisfy({ $0.utf8.count <= 2000 && $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }) else {
            throw .member(name, "has an element that is too long or has a control character")
        }
        guard Set(texts).count == texts.count else { throw .member(name, "has an element twice") }
        return texts
    }

    /// - Throws: `invalid_request` naming a member that nobody took; the log also has those that are known.
    func refuseRest() throws(OAuthError) {
        guard let name = members.keys.sorted().first else { return }
        let sent = String((spellings[name] ?? name).prefix(64))
        throw OAuthError(
            .invalidRequest, "The member '\(sent)' is not known here.", parameter: sent,
            detail: "known: \(known.sorted().joined(separator: " "))")
    }
}

extension OAuthError {
    /// A member of a JSON body whose value is refused.
    static func member(_ name: String, _ problem: String, code: Code = .invalidRequest) -> OAuthError {
        OAuthError(code, "The member '\(name)' \(problem).", parameter: name)
    }
}
