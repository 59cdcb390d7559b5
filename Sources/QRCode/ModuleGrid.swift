/// A symbol that is being drawn: its modules, and which of them belong to function patterns, to format or to version
/// information, where no data goes.
struct ModuleGrid {
    /// Modules a side.
    let size: Int
    /// Which are dark, row by row.
    private(set) var modules: [Bool]
    private var isReserved: [Bool]

    /// All function patterns and the version information of this version. Where format information will be, modules are
    /// reserved.
    init(_ version: SymbolVersion) {
        size = version.size
        modules = [Bool](repeating: false, count: size * size)
        isReserved = modules
        drawFunctionPatterns(of: version)
        if version.hasVersionInformation { drawVersionInformation(of: version) }
        drawFormatInformation(of: DataMask.all[0])
    }

    /// Whether a module is dark.
    subscript(x: Int, y: Int) -> Bool { modules[y * size + x] }

    /// Draws a module that is not for data.
    mutating func draw(_ isDark: Bool, x: Int, y: Int) {
        modules[y * size + x] = isDark
        isReserved[y * size + x] = true
    }

    /// Puts the codewords in the modules that are left, highest bits first: in columns two wide from the right to the
    /// left, first upwards, then downwards, and so on; the vertical timing pattern is no column (§7.7.3). A few modules
    /// may remain, as zeros.
    mutating func place(_ codewords: [UInt8]) {
        var bits = codewords.lazy.flatMap { codeword in
            (0..<8).reversed().map { codeword >> $0 & 1 == 1 }
        }.makeIterator()
        let columns = (0..<size).reversed().filter { $0 != Self.timingLine }
        for pair in 0..<columns.count / 2 {
            for step in 0..<size {
                let y = pair.isMultiple(of: 2) ? size - 1 - step : step
                for x in columns[2 * pair...2 * pair + 1] where !isReserved[y * size + x] {
                    modules[y * size + x] = bits.next() ?? false
                }
            }
        }
    }

    /// The grid with the data under a mask, and with the format information that says which (§7.8.2).
    func masked(by mask: DataMask) -> ModuleGrid {
        var grid = self
        for y in 0..<size {
            for x in 0..<size where !isReserved[y * size + x] && mask.inverts(x: x, y: y) {
                grid.modules[y * size + x].toggle()
            }
        }
        grid.drawFormatInformation(of: mask)
        return grid
    }

    /// The row and the column of the timing patterns (§6.3.5).
    static let timingLine = 6
}
