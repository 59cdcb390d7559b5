import Crypto
import Testing

@testable import QRCode

@Suite("QR Code symbols (ISO/IEC 18004)")
struct QRSymbolTests {
    /// Bytes of no pattern; Vectors/generate.py makes the same.
    private func filling(_ version: Int, count: Int) -> [UInt8] {
        var state = version
        return (0..<count).map { _ in
            state = (state * 1_103_515_245 + 12_345) % (1 << 31)
            return UInt8(truncatingIfNeeded: state >> 16)
        }
    }

    private func rows(of symbol: QRSymbol) -> [String] {
        (0..<symbol.size).map { y in
            (0..<symbol.size).map { x in symbol[x, y] ? "#" : "." }.joined()
        }
    }

    struct Figure: Decodable {
        let name: String
        let version: Int
        let dataCodewords: String
        let rows: [String]
    }

    @Test("the standard's own figures, module by module")
    func figures() throws {
        let figures = try Vectors.load("figures", as: [Figure].self)
        #expect(figures.count == 3)
        for figure in figures {
            let digits = Array(figure.dataCodewords)
            let codewords = try stride(from: 0, to: digits.count, by: 2).map {
                try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
            }
            let symbol = QRSymbol(SymbolVersion(number: figure.version), dataCodewords: codewords)
            #expect(rows(of: symbol) == figure.rows, "\(figure.name)")
        }
        #expect(try rows(of: QRSymbol("QR Code Symbol")) == figures[0].rows)
    }

    struct Version: Decodable {
        let version: Int
        let byteCount: Int
        let sha256: String
    }

    @Test("Table 7: each version, full to the last byte, as another encoder makes it; one byte more takes the next")
    func versions() throws {
        let versions = try Vectors.load("versions", as: [Version].self)
        #expect(versions.map(\.byteCount) == StandardTables.byteCapacities)
        for expected in versions {
            let bytes = filling(expected.version, count: expected.byteCount)
            let symbol = try QRSymbol(bytes)
            #expect(symbol.version == expected.version)
            #expect(symbol.size == 17 + 4 * expected.version)
            let digest = SHA256.hash(rows(of: symbol).joined(separator: "\n"))
            let hex = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(hex == expected.sha256, "version \(expected.version)")
            let next = SymbolVersion.smallest(holding: bytes.count + 1)
            #expect(next?.number == (expected.version < 40 ? expected.version + 1 : nil))
        }
    }

    @Test("Table 7: 2331 bytes are the most", arguments: [2332, 2333, 65_536, 1_000_000])
    func tooMany(count: Int) throws {
        #expect(QRSymbol.capacity == 2331)
        #expect(try QRSymbol([UInt8](repeating: 0, count: QRSymbol.capacity)).version == 40)
        #expect(throws: QRSymbol.TooManyBytes(byteCount: count)) { try QRSymbol([UInt8](repeating: 0, count: count)) }
    }

    @Test("§6, §7: a reader of no damaged symbol finds the bytes and no fault", arguments: 1...40)
    func readBack(version: Int) throws {
        let capacity = StandardTables.byteCapacities[version - 1]
        let least = version == 1 ? 0 : StandardTables.byteCapacities[version - 2] + 1
        for count in [least, Int.random(in: least...capacity)] {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            let symbol = try QRSymbol(bytes)
            #expect(symbol.version == version)
            var reader = SymbolReader(symbol)
            #expect(reader.read() == bytes)
            #expect(reader.faults.isEmpty)
        }
    }

    @Test("§7.8: plain bytes are read back as well", arguments: [0x00, 0x55, 0xAA, 0xFF, 0xEC] as [UInt8])
    func plain(byte: UInt8) throws {
        for count in [0, 1, 14, 122, 251] {
            let bytes = [UInt8](repeating: byte, count: count)
            var reader = SymbolReader(try QRSymbol(bytes))
            #expect(reader.read() == bytes)
            #expect(reader.faults.isEmpty)
        }
    }

    @Test("§7.3.5: a text is its UTF-8 bytes")
    func text() throws {
        for text in ["", "HELLO WORLD", "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP&issuer=A", "Jos\u{E9} \u{1F600}"] {
            let symbol = try QRSymbol(text)
            #expect(symbol == (try QRSymbol(Array(text.utf8))))
            var reader = SymbolReader(symbol)
            #expect(String(decoding: reader.read(), as: UTF8.self) == text)
        }
    }

    @Test("Equal bytes give equal symbols, others do not")
    func determinism() throws {
        let symbol = try QRSymbol("a text")
        #expect(symbol == (try QRSymbol("a text")))
        #expect(symbol != (try QRSymbol("a Text")))
    }

    @Test("§6.3.8: beyond the edges all is light")
    func outside() throws {
        let symbol = try QRSymbol("a text")
        #expect(symbol[0, 0] && symbol[20, 0] && symbol[0, 20])
        for place in [-1, 21, .min, .max] {
            #expect(!symbol[place, 0] && !symbol[0, place] && !symbol[place, place])
        }
    }
}
