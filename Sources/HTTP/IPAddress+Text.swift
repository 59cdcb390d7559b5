extension IPAddress: LosslessStringConvertible {
    /// The address `text` names, strictly: four decimal numbers without leading zeros (no octal, hexadecimal or short
    /// forms), or RFC 4291 §2.2 text without zone, brackets or prefix length. Nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(46))  // the longest form has 45
        if bytes.contains(0x3A) {
            guard let bits = Self.parseV6(bytes[...]) else { return nil }
            self.init(v6: bits)
        } else {
            guard let bits = Self.parseV4(bytes[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    /// Dotted decimal, or the canonical text of RFC 5952: lower case, no leading zeros, the longest run of two or more
    /// zero groups (the first of equals) as `::`.
    public var description: String {
        switch family {
        case .v4(let bits):
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        case .v6(let bits):
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> ((7 - $0) * 16)) }
            func text(_ range: Range<Int>) -> String {
                groups[range].map { String($0, radix: 16) }.joined(separator: ":")
            }
            guard let zeros = Self.longestZeroRun(groups) else { return text(0..<8) }
            return text(0..<zeros.lowerBound) + "::" + text(zeros.upperBound..<8)
        }
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest.count >= 2 ? longest : nil
    }

    static func parseV4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let octet = decimal(part, atMost: 255) else { return nil }
            bits = bits << 8 | UInt32(octet)
        }
        return bits
    }

    private static func parseV6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let gap = text.indices.dropLast().first { text[$0] == 0x3A && text[$0 + 1] == 0x3A }
        guard let gap else {
            guard let groups = parseGroups(text, mayEndInV4: true), groups.count == 8 else { return nil }
            return join(groups)
        }
        guard let front = parseGroups(text[..<gap], mayEndInV4: false),
            let back = parseGroups(text[(gap + 2)...], mayEndInV4: true),
            front.count + back.count <= 7
        else { return nil }
        return join(front + Array(repeating: 0, count: 8 - front.count - back.count) + back)
    }

    private static func join(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// Groups of one to four hexadecimal digits between single colons; the last may be a dotted IPv4 address.
    private static func parseGroups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, part.contains(0x2E) {
                guard let bits = parseV4(part) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            } else {
                guard (1...4).contains(part.count) else { return nil }
                var group: UInt16 = 0
                for byte in part {
                    guard let digit = Grammar.hexValue(byte) else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups.append(group)
            }
        }
        return groups
    }

    /// A decimal number of one to three digits without leading zeros.
    static func decimal(_ text: some Collection<UInt8>, atMost limit: Int) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy(Grammar.isDigit), text.count == 1 || text.first != 0x30
        else { return nil }
        let number = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return number <= limit ? number : nil
    }
}
