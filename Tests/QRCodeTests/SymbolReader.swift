import QRCode
import Testing

/// Reads symbols of error correction level M in byte mode that nothing has damaged, and finds fault with everything that
/// the standard does not want. It shares no code with the encoder: tables are the standard's, arithmetic is by bits.
struct SymbolReader {
    let symbol: QRSymbol
    /// What was found wrong, as far as read.
    private(set) var faults: [String] = []

    init(_ symbol: QRSymbol) {
        self.symbol = symbol
    }

    private var size: Int { symbol.size }
    private var version: Int { (size - 17) / 4 }

    private mutating func expect(_ isTrue: Bool, _ fault: String) {
        if !isTrue { faults.append(fault) }
    }

    /// The bytes that the symbol carries.
    mutating func read() -> [UInt8] {
        expect(version == symbol.version && size == 17 + 4 * version, "size")
        checkFunctionPatterns()
        let mask = readMask()
        if version >= 7 { checkVersionInformation() }
        return readBytes(of: readData(from: readCodewords(mask)))
    }

    // MARK: Function patterns (§6.3)

    private mutating func checkFunctionPatterns() {
        let finder = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]
        checkPicture(finder, x: 0, y: 0, "upper left finder")
        checkPicture(finder, x: size - 7, y: 0, "upper right finder")
        checkPicture(finder, x: 0, y: size - 7, "lower left finder")
        for place in 0..<8 {
            for (x, y) in [(place, 7), (7, place), (size - 8, place), (size - 1 - place, 7), (place, size - 8)] {
                expect(!symbol[x, y], "separator at \(x), \(y)")
            }
            expect(!symbol[7, size - 1 - place], "separator below")
        }
        for place in 8..<size - 8 {
            expect(symbol[place, 6] == (place % 2 == 0), "horizontal timing pattern")
            expect(symbol[6, place] == (place % 2 == 0), "vertical timing pattern")
        }
        for (x, y) in alignmentPatterns {
            checkPicture(["#####", "#...#", "#.#.#", "#...#", "#####"], x: x - 2, y: y - 2, "alignment \(x), \(y)")
        }
        expect(symbol[8, size - 8], "the dark module")
    }

    private mutating func checkPicture(_ picture: [String], x left: Int, y top: Int, _ name: String) {
        for (y, row) in picture.enumerated() {
            for (x, module) in row.enumerated() { expect(symbol[left + x, top + y] == (module == "#"), name) }
        }
    }

    private var alignmentPatterns: [(x: Int, y: Int)] {
        let centres = StandardTables.alignmentCentres[version - 1]
        return centres.flatMap { y in centres.map { x in (x, y) } }.filter { x, y in
            !((x < 9 && y < 9) || (x < 9 && y > size - 9) || (x > size - 9 && y < 9))
        }
    }

    // MARK: Format and version information (§7.9, §7.10)

    private mutating func readMask() -> Int {
        func number(_ places: [(Int, Int)]) -> Int {
            places.reduce(0) { $0 * 2 + (symbol[$1.0, $1.1] ? 1 : 0) }
        }
        let first =
            [0, 1, 2, 3, 4, 5, 7, 8].map { ($0, 8) } + [7, 5, 4, 3, 2, 1, 0].map { (8, $0) }
        let second = (1...7).map { (8, size - $0) } + (1...8).reversed().map { (size - $0, 8) }
        expect(number(first) == number(second), "the format information differs from its copy")
        let mask = StandardTables.formatInformationM.firstIndex(of: number(first))
        expect(mask != nil, "no format information of level M")
        return mask ?? 0
    }

    private mutating func checkVersionInformation() {
        var numbers = [0, 0]
        for place in (0..<18).reversed() {
            numbers[0] = numbers[0] * 2 + (symbol[place / 3, size - 11 + place % 3] ? 1 : 0)
            numbers[1] = numbers[1] * 2 + (symbol[size - 11 + place % 3, place / 3] ? 1 : 0)
        }
        let right = StandardTables.versionInformation[version - 7]
        expect(numbers == [right, right], "version information")
    }

    // MARK: Codewords (§7.6–§7.8)

    private func isForData(_ x: Int, _ y: Int, _ alignment: [(x: Int, y: Int)]) -> Bool {
        if x == 6 || y == 6 { return false }
        if (x < 9 && (y < 9 || y > size - 9)) || (x > size - 9 && y < 9) { return false }
        if version >= 7, (x < 6 && y > size - 12) || (y < 6 && x > size - 12) { return false }
        return !alignment.contains { abs($0.x - x) < 3 && abs($0.y - y) < 3 }
    }

    private func isInverted(_ mask: Int, _ i: Int, _ j: Int) -> Bool {
        // Table 10: i is the row, j the column.
        [
            (i + j) % 2, i % 2, j % 3, (i + j) % 3, (i / 2 + j / 3) % 2, (i * j) % 2 + (i * j) % 3,
            ((i * j) % 2 + (i * j) % 3) % 2, ((i + j) % 2 + (i * j) % 3) % 2,
        ][mask] == 0
    }

    private mutating func readCodewords(_ mask: Int) -> [UInt8] {
        let alignment = alignmentPatterns
        var bits: [Bool] = []
        var isUpward = true
        var right = size - 1
        while right > 0 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                let y = isUpward ? size - 1 - step : step
                for x in [right, right - 1] where isForData(x, y, alignment) {
                    bits.append(symbol[x, y] != isInverted(mask, y, x))
                }
            }
            isUpward.toggle()
            right -= 2
        }
        let remainder = bits.count % 8
        expect(!bits.suffix(remainder).contains(true), "remainder bits")
        return stride(from: 0, to: bits.count - remainder, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    private mutating func readData(from codewords: [UInt8]) -> [UInt8] {
        let (blockCount, checkCount) = StandardTables.blocksM[version - 1]
        var blocks = [[UInt8]](repeating: [], count: blockCount)
        let shortLength = codewords.count / blockCount - checkCount
        let dataCount = codewords.count - blockCount * checkCount
        let longCount = codewords.count % blockCount
        for (index, codeword) in codewords.prefix(dataCount).enumerated() {
            let column = index % blockCount
            let isLast = index >= shortLength * blockCount
            blocks[isLast ? blockCount - longCount + column : column].append(codeword)
        }
        let data = blocks.flatMap(\.self)
        for (index, codeword) in codewords.dropFirst(dataCount).enumerated() {
            blocks[index % blockCount].append(codeword)
        }
        for block in blocks { expect(StandardTables.isCodeword(block, checkCount: checkCount), "error correction") }
        return data
    }

    // MARK: Data (§7.4)

    private mutating func readBytes(of data: [UInt8]) -> [UInt8] {
        let halves = data.flatMap { [$0 >> 4, $0 & 15] }
        expect(halves[0] == 4, "byte mode")
        let countHalves = version < 10 ? 2 : 4
        let count = halves[1...countHalves].reduce(0) { $0 * 16 + Int($1) }
        let start = 1 + countHalves
        let end = start + 2 * count
        guard end < halves.count else {
            faults.append("no room for \(count) bytes and a terminator")
            return []
        }
        expect(halves[end] == 0, "terminator")
        for (index, byte) in data[((end + 1) / 2)...].enumerated() {
            expect(byte == (index % 2 == 0 ? 0xEC : 0x11), "pad codewords")
        }
        return stride(from: start, to: end, by: 2).map { halves[$0] << 4 | halves[$0 + 1] }
    }
}
