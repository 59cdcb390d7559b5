/// How hard a symbol is to read (§7.8.3.1, Table 11).
///
/// The standard leaves open what exactly is judged. Here it is what a camera sees: the complete symbol, format and version
/// information drawn, with the light quiet zone around it. This reading chooses the masks that figures 1, 29 (the first
/// symbol) and I.4 of the edition of 2024 have; with format information left light, others come out.
extension ModuleGrid {
    /// The sum of all penalties; lower is better.
    var penalty: Int {
        let range = 0..<size
        let rows = range.map { y in range.map { x in self[x, y] } }
        let columns = range.map { x in range.map { y in self[x, y] } }
        let ofLines = (rows + columns).reduce(0) { sum, line in
            sum + Self.runPenalty(line) + Self.falseFinderPenalty(line)
        }
        return ofLines + areaPenalty + balancePenalty
    }

    /// 3 points for 5 modules of one colour in line, and one for each more.
    static func runPenalty(_ line: [Bool]) -> Int {
        var points = 0
        var length = 0
        var colour: Bool?
        for module in line {
            length = module == colour ? length + 1 : 1
            colour = module
            if length == 5 { points += 3 } else if length > 5 { points += 1 }
        }
        return points
    }

    /// 40 points for each sequence like a cut through a finder, dark and light in proportions 1:1:3:1:1, that has 4 light
    /// modules before it or behind it. The quiet zone counts.
    static func falseFinderPenalty(_ line: [Bool]) -> Int {
        let quiet = [Bool](repeating: false, count: 4)
        var points = 0
        var window = 0
        for (index, module) in (quiet + line + quiet).enumerated() {
            window = (window << 1 | (module ? 1 : 0)) & 0b111_1111_1111_1111
            guard index >= 14, window >> 4 & 0b111_1111 == 0b101_1101 else { continue }
            if window >> 11 == 0 || window & 0b1111 == 0 { points += 40 }
        }
        return points
    }

    /// 3 points for each square of 2 × 2 modules of one colour, overlapping ones too.
    private var areaPenalty: Int {
        var points = 0
        for y in 1..<size {
            for x in 1..<size {
                let colour = self[x, y]
                if self[x - 1, y] == colour, self[x, y - 1] == colour, self[x - 1, y - 1] == colour { points += 3 }
            }
        }
        return points
    }

    /// 10 points for each whole 5 % that the dark modules are more or fewer than half.
    private var balancePenalty: Int {
        let darkCount = modules.count { $0 }
        return 10 * (abs(20 * darkCount - 10 * modules.count) / modules.count)
    }
}
