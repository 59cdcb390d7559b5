internal import CLibPQ

/// Where a database is, as libpq's users write it. It may hold a password, in places where nobody meant one, too.
public enum ConnectionString {
    /// Whether libpq can read it, and reads no part of a password as something else. What is wrong with one that it cannot
    /// is not for a log: its words repeat what may be a password.
    public static func isWellFormed(_ text: String) -> Bool {
        guard !hasStrayCredentials(text), let options = PQconninfoParse(text, nil) else { return false }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "port", let value = option.pointee.val, !isPorts(String(cString: value)) {
                return false
            }
            option += 1
        }
        return true
    }

    /// What libpq says of an attempt to connect, without what it repeats of the connection string.
    ///
    /// - Parameter message: told whole where it is about a server or a host's name; of everything else only what stands
    ///   before the first value.
    static func tellable(_ message: String) -> String {
        if ["connection to server ", "could not translate host name "].contains(where: message.hasPrefix) {
            return message
        }
        guard let quote = message.firstIndex(of: "\"") else { return message }
        return message[..<quote] + "(not told)"
    }

    /// Whether a URL has an `@` behind the one that ends user and password: libpq ends them at the first `@` or `/`, so a
    /// password with one of these that is not percent-encoded goes on in the host, the port or the database's name.
    private static func hasStrayCredentials(_ text: String) -> Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else { return false }
        var rest = text.utf8.dropFirst(scheme.utf8.count)
        if let end = rest.firstIndex(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/") }),
            rest[end] == UInt8(ascii: "@")
        {
            rest = rest[end...].dropFirst()
        }
        return rest.prefix { $0 != UInt8(ascii: "?") }.contains(UInt8(ascii: "@"))
    }

    /// Whether these are the ports of one host or several; an empty one is the standard's.
    private static func isPorts(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { port in
            let digits = port.filter { !$0.isWhitespace }
            return digits.isEmpty || UInt16(digits).map { $0 > 0 } == true
        }
    }
}
