import Testing

@testable import QRCode

@Suite("The steps of encoding (ISO/IEC 18004)")
struct EncodingTests {
    @Test(
        "Annex A, Table A.1: generator polynomials, as exponents of α",
        arguments: [
            (7, [87, 229, 146, 149, 238, 102, 21]),
            (10, [251, 67, 46, 61, 118, 70, 64, 94, 32, 45]),
            (16, [120, 104, 107, 109, 102, 161, 76, 3, 91, 191, 147, 169, 182, 194, 225, 120]),
            (
                30,
                [
                    41, 173, 145, 152, 216, 31, 179, 182, 50, 48, 110, 86, 239, 96, 222, 125, 42, 173, 226, 193, 224,
                    130,
                    156, 37, 251, 216, 238, 40, 192, 180,
                ]
            ),
        ])
    func generators(checkCount: Int, exponents: [Int]) {
        #expect(ReedSolomon(checkCount: checkCount).generator == exponents.map(GaloisField.power))
    }

    @Test("§7.5.2: the field agrees with multiplication bit by bit")
    func field() {
        let elements = UInt8.min...UInt8.max
        for a in elements {
            #expect(elements.allSatisfy { Int(GaloisField.product(a, $0)) == StandardTables.product(Int(a), Int($0)) })
        }
    }

    @Test("Annex I.2: error correction codewords of 01234567 in 1-M")
    func annexI() {
        let data: [UInt8] = [16, 32, 12, 86, 97, 128, 236, 17, 236, 17, 236, 17, 236, 17, 236, 17]
        let check: [UInt8] = [165, 36, 212, 193, 237, 54, 199, 135, 44, 85]
        #expect(ReedSolomon(checkCount: 10).checkCodewords(of: data[...]) == check)
        #expect(SymbolVersion(number: 1).message(of: data) == data + check)
    }

    @Test("Tables 1, 7, 9 and E.1: what a version is", arguments: 1...40)
    func versions(number: Int) {
        let version = SymbolVersion(number: number)
        let (blockCount, checkCount) = StandardTables.blocksM[number - 1]
        #expect(version.size == 17 + 4 * number)
        #expect(version.codewordCount == StandardTables.codewords[number - 1])
        #expect(version.blockCount == blockCount)
        #expect(version.checkCodewordsPerBlock == checkCount)
        #expect(version.byteCapacity == StandardTables.byteCapacities[number - 1])
        #expect(version.alignmentCentres == StandardTables.alignmentCentres[number - 1])
    }

    @Test("Table C.1: format information of level M")
    func formatInformation() {
        #expect(DataMask.all.map(\.formatInformation) == StandardTables.formatInformationM)
    }

    @Test("Table D.1: version information")
    func versionInformation() {
        #expect(SymbolVersion.all.dropFirst(6).map(\.versionInformation) == StandardTables.versionInformation)
        #expect(SymbolVersion.all.map(\.hasVersionInformation) == (1...40).map { $0 >= 7 })
    }

    @Test("§7.4.5, §7.4.9, §7.4.10: mode, count, bytes, terminator, padding")
    func dataCodewords() {
        let one = SymbolVersion(number: 1)
        let padding = (0..<7).flatMap { _ in [0xEC, 0x11] as [UInt8] }
        #expect(one.dataCodewords(of: []) == [0x40, 0x00] + padding)
        #expect(one.dataCodewords(of: [0xAB, 0xCD]).prefix(6) == [0x40, 0x2A, 0xBC, 0xD0, 0xEC, 0x11])
        let full = one.dataCodewords(of: [UInt8](repeating: 0xFF, count: 14))
        #expect(full == [0x40] + [0xEF] + [UInt8](repeating: 0xFF, count: 13) + [0xF0])
        let ten = SymbolVersion(number: 10).dataCodewords(of: [UInt8](repeating: 0, count: 0x00C8))
        #expect(ten.prefix(3) == [0x40, 0x0C, 0x80])
        #expect(ten.count == 216)
    }

    @Test(
        "§7.6, Table 9: 5-M has two blocks alike, 8-M two and two longer by one",
        arguments: [(5, [43, 43]), (8, [38, 38, 39, 39])])
    func interleaving(number: Int, lengths: [Int]) {
        let version = SymbolVersion(number: number)
        // Each codeword tells its block.
        let data = lengths.enumerated().flatMap { [UInt8](repeating: UInt8($0.offset), count: $0.element) }
        let message = version.message(of: data).prefix(data.count)
        let turns = [[UInt8]](repeating: Array(0..<UInt8(lengths.count)), count: lengths[0]).flatMap(\.self)
        #expect(Array(message.prefix(turns.count)) == turns)
        #expect(Array(message.dropFirst(turns.count)) == (number == 8 ? [2, 3] : []))
    }

    @Test(
        "Table 11: runs of one colour",
        arguments: [
            ("####", 0), ("#####", 3), ("######", 4), (".....", 3), ("#####.....", 6), ("####.####", 0),
            ("#.......#", 5),
        ])
    func runs(line: String, points: Int) {
        #expect(ModuleGrid.runPenalty(line.map { $0 == "#" }) == points)
    }

    @Test(
        "Table 11: what looks like a finder, with light before or behind",
        arguments: [
            ("#.###.#", 40), ("##.###.##", 0), ("##.###.#....", 40), ("....#.###.##", 40), ("...##.###.##....", 0),
            ("....#.###.#.#", 40),
            ("##....#.###.#....##", 40), ("##...#.###.#...##", 0), ("##...#.###.#....##", 40), ("##...#.###.#..", 40),
            ("#.###.#.###.#", 80), ("....##..######..##....", 0),
        ])
    func falseFinders(line: String, points: Int) {
        #expect(ModuleGrid.falseFinderPenalty(line.map { $0 == "#" }) == points)
    }
}
