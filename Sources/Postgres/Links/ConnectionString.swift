internal import CLibPQ

/// Where a database is, as libpq's users write it.
public enum ConnectionString {
    /// Whether libpq can read it. What is wrong with one that it cannot is not for a log: its words repeat what may be a
    /// password.
    public static func isWellFormed(_ text: String) -> Bool {
        guard let options = PQconninfoParse(text, nil) else { return false }
        PQconninfoFree(options)
        return true
    }
}
