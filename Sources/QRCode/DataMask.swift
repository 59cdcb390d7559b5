/// One of the eight patterns that the data may be inverted by, so that the symbol has neither large plain areas nor
/// false finders (§7.8).
struct DataMask: Hashable {
    /// 0 to 7.
    let reference: Int

    /// In the order of their references.
    static let all = (0..<8).map(DataMask.init(reference:))

    /// Whether the module in column `x` and row `y` is inverted (Table 10).
    func inverts(x: Int, y: Int) -> Bool {
        switch reference {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (y / 2 + x / 3) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }
}

extension ModuleGrid {
    /// The grid under the mask with the lowest penalty, the first one of equals (§7.8.3).
    func maskedBest() -> ModuleGrid {
        var best = masked(by: DataMask.all[0])
        var lowest = best.penalty
        for mask in DataMask.all.dropFirst() {
            let grid = masked(by: mask)
            let penalty = grid.penalty
            if penalty < lowest { (best, lowest) = (grid, penalty) }
        }
        return best
    }
}
