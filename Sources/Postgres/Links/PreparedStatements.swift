/// What one link has prepared. Statements that are planned for a constant come and go with its values, so only those
/// that were used last are kept.
struct PreparedStatements {
    /// Far more than a program has; each costs the server some ten kilobytes.
    static let limit = 256

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private var entries: [StatementShape: Entry] = [:]
    private var uses: UInt64 = 0
    private var named = 0
    /// Names that are to be released and could not be: in a group that failed nothing is.
    private var overdue: [String] = []

    /// The name that a statement is prepared under.
    mutating func name(of shape: StatementShape) -> String? {
        guard let index = entries.index(forKey: shape) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// A name that no statement of this link has had.
    mutating func newName() -> String {
        named += 1
        return "m\(named)"
    }

    mutating func add(_ shape: StatementShape, as name: String) {
        uses += 1
        entries[shape] = Entry(name: name, lastUse: uses)
    }

    /// The preparation under this name failed, or the server does not know it any more; one made since stays.
    mutating func forget(_ shape: StatementShape, as name: String) {
        if entries[shape]?.name == name { entries[shape] = nil }
    }

    /// Makes room for one more: the names to release, if there were as many as may be.
    mutating func makeRoom() -> [String] {
        defer { overdue = [] }
        guard entries.count >= Self.limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return overdue
        }
        entries[oldest.key] = nil
        return overdue + [oldest.value.name]
    }

    /// The server still has it, although it was to be released.
    mutating func releaseLater(_ name: String) {
        overdue.append(name)
    }
}
