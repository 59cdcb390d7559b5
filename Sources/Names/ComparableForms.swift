/// The forms by which names are compared.
enum ComparableForms {
    private static let foldings = SequenceTable(NameTables.foldings)
    private static let confusables = SequenceTable(NameTables.confusables)

    /// NFKC with all case distinctions removed: Unicode's caseless match of identifiers (§3.13, D147), where there are
    /// no default-ignorable characters, which names do not have.
    static func folded(_ scalars: [UInt32]) -> [UInt32] {
        settled(scalars) {
            Normalization.nfkc($0.flatMap(caseFolded))
        } start: {
            Normalization.nfd($0)
        }
    }

    /// The skeleton (UTS 39 §4) of folded text, folded in turn: prototypes may be capitals (that of `0` is `O`), and
    /// in a name without case `0` must stay as confusable with `o` as the standard calls it with `O`.
    static func skeleton(_ folded: [UInt32]) -> [UInt32] {
        settled(folded) {
            Self.folded(prototypes(of: $0))
        } start: {
            $0
        }
    }

    /// UTS 39's `skeleton(X)`.
    private static func prototypes(of scalars: [UInt32]) -> [UInt32] {
        Normalization.nfd(Normalization.nfd(scalars).flatMap { confusables[$0] ?? [$0] })
    }

    private static func caseFolded(_ scalar: UInt32) -> [UInt32] {
        if scalar < 0x80 { return [(0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar] }
        return foldings[scalar] ?? [scalar]
    }

    /// Applies `step` until nothing changes. Two or three rounds settle every character that names can have.
    private static func settled(
        _ scalars: [UInt32], step: ([UInt32]) -> [UInt32], start: ([UInt32]) -> [UInt32]
    ) -> [UInt32] {
        var last = step(start(scalars))
        for _ in 0..<Self.mostRounds {
            let next = step(last)
            if next == last { break }
            last = next
        }
        return last
    }

    private static let mostRounds = 8
}
