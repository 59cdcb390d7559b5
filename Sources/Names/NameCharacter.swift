/// A letter, mark or digit that a user name may have, and the scripts it is written in.
struct NameCharacter {
    enum Kind { case letter, mark, digit }

    /// Scripts (ISO 15924) by UTS 39 §5.1, as the bytes of their codes; nil for a mark or digit that goes with any.
    typealias Scripts = Set<UInt32>

    let kind: Kind
    let scripts: Scripts?
    /// The zero of a digit's decimal system.
    let zero: UInt32?

    private static let table = RecordTable(NameTables.characters, width: 16)
    private static let scriptPool = RecordTable(NameTables.scripts, width: 4)

    /// Nil for what is neither letter nor mark nor digit, for characters that nobody sees (Default_Ignorable), and for
    /// letters that belong to no script.
    init?(_ scalar: UInt32) {
        guard let record = Self.table.record(around: scalar) else { return nil }
        switch Self.table.byte(in: record, at: 10) {
        case UInt8(ascii: "L"): kind = .letter
        case UInt8(ascii: "M"): kind = .mark
        default: kind = .digit
        }
        zero = kind == .digit ? Self.table.number(in: record, at: 0, digits: 5) : nil
        let offset = Int(Self.table.number(in: record, at: 11, digits: 3))
        let count = Int(Self.table.number(in: record, at: 14, digits: 2))
        scripts = count == 0 ? nil : Set((offset..<offset + count).map(Self.script))
    }

    private static func script(at place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(scriptPool.byte(in: place, at: $1)) }
    }
}
