/// The value of `Host` (RFC 9112 §3.2): `uri-host [ ":" port ]`, the host not empty (RFC 9110 §4.2.1).
enum HostField {
    /// Whether `value` is a registered name, an IPv4 address or a bracketed IPv6 address, with or without a port.
    static func isValid(_ value: Span<UInt8>) -> Bool {
        var index = 0
        if value.count > 0, value[0] == 0x5B {
            while index < value.count, value[index] != 0x5D { index += 1 }
            guard index < value.count else { return false }
            let literal = String(repairing: value.extracting(1..<index))
            guard literal.utf8.contains(0x3A), IPAddress(literal) != nil else { return false }
            index += 1
        } else {
            guard let end = nameEnd(value), end > 0 else { return false }
            index = end
        }
        return index == value.count || isPort(value.extracting(index..<value.count))
    }

    /// The end of a `reg-name` (RFC 3986 §3.2.2) at the beginning of `value`; nil after a malformed `%`.
    private static func nameEnd(_ value: Span<UInt8>) -> Int? {
        var index = 0
        while index < value.count, value[index] != 0x3A {
            if value[index] == 0x25 {
                guard index + 2 < value.count, Grammar.hexValue(value[index + 1]) != nil,
                    Grammar.hexValue(value[index + 2]) != nil
                else { return nil }
                index += 2
            } else {
                guard Grammar.isUnreserved(value[index]) || Grammar.isSubDelimiter(value[index]) else { return nil }
            }
            index += 1
        }
        return index
    }

    /// A colon with a number up to 65535, or alone: `port` may be empty (RFC 3986 §3.2.3).
    private static func isPort(_ text: Span<UInt8>) -> Bool {
        guard text[0] == 0x3A, text.count <= 6 else { return false }
        var number = 0
        for index in 1..<text.count {
            guard Grammar.isDigit(text[index]) else { return false }
            number = number * 10 + Int(text[index] - 0x30)
        }
        return number <= 65_535
    }
}
