import Testing

@testable import WebAuthn

@Suite("CBOR in CTAP2's canonical form (RFC 8949, WebAuthn Level 2 §2.4)")
struct CBORTests {
    /// Bytes of hexadecimal digits.
    private func bytes(_ hex: String) throws -> [UInt8] {
        try stride(from: 0, to: hex.utf8.count, by: 2).map { index in
            let start = hex.index(hex.startIndex, offsetBy: index)
            return try #require(UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16))
        }
    }

    private func read(_ hex: String) throws -> CBOR {
        try CBORReader.read(whole: bytes(hex))
    }

    private func text(_ key: String, _ value: CBOR) -> CBORMap.Entry {
        CBORMap.Entry(key: .text(key), value: value)
    }

    @Test("Appendix A: the examples that CTAP2 allows are read")
    func examples() throws {
        let examples: [(String, CBOR)] = [
            ("00", .unsigned(0)), ("01", .unsigned(1)), ("0a", .unsigned(10)), ("17", .unsigned(23)),
            ("1818", .unsigned(24)), ("1819", .unsigned(25)), ("1864", .unsigned(100)), ("1903e8", .unsigned(1000)),
            ("1a000f4240", .unsigned(1_000_000)), ("1b000000e8d4a51000", .unsigned(1_000_000_000_000)),
            ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(.max)), ("20", .negative(0)),
            ("29", .negative(9)), ("3863", .negative(99)), ("3903e7", .negative(999)), ("f4", .bool(false)),
            ("f5", .bool(true)), ("f6", .null), ("f90000", .float), ("f93c00", .float), ("fa47c35000", .float),
            ("fb3ff199999999999a", .float), ("f97e00", .float), ("40", .bytes([])),
            ("4401020304", .bytes([1, 2, 3, 4])),
            ("60", .text("")), ("6161", .text("a")), ("6449455446", .text("IETF")), ("62225c", .text("\"\\")),
            ("62c3bc", .text("\u{fc}")), ("63e6b0b4", .text("\u{6c34}")), ("64f0908591", .text("\u{10151}")),
            ("80", .array([])), ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
            (
                "8301820203820405",
                .array([
                    .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
                ])
            ),
            ("a0", .map(CBORMap(entries: []))),
            (
                "a201020304",
                .map(
                    CBORMap(entries: [
                        CBORMap.Entry(key: .unsigned(1), value: .unsigned(2)),
                        CBORMap.Entry(key: .unsigned(3), value: .unsigned(4)),
                    ]))
            ),
            (
                "a26161016162820203",
                .map(CBORMap(entries: [text("a", .unsigned(1)), text("b", .array([.unsigned(2), .unsigned(3)]))]))
            ),
            ("826161a161626163", .array([.text("a"), .map(CBORMap(entries: [text("b", .text("c"))]))])),
        ]
        for (hex, item) in examples { #expect(try read(hex) == item, "\(hex)") }
    }

    @Test("Appendix A and F: what CTAP2 forbids or nobody may write is refused, by name")
    func refused() throws {
        let refused: [(String, CBORError)] = [
            ("", .truncated), ("18", .truncated), ("19ff", .truncated), ("1a000000", .truncated), ("41", .truncated),
            ("61", .truncated), ("81", .truncated), ("8200", .truncated), ("a1", .truncated), ("a100", .truncated),
            ("a2000001", .truncated), ("f8", .unsupportedSimpleValue), ("f9ff", .truncated), ("fa000000", .truncated),
            ("5affffffff00", .truncated), ("7a7fffffff00", .truncated), ("5bffffffffffffffff00", .truncated),
            ("9bffffffffffffffff00", .truncated), ("bbffffffffffffffff0000", .truncated),
            ("5b8000000000000000", .truncated), ("9a0fffffff", .truncated),
            ("0000", .trailingBytes), ("a0a0", .trailingBytes), ("f6f6", .trailingBytes),
            ("1c", .reservedHead), ("1d", .reservedHead), ("1e", .reservedHead), ("1f", .reservedHead),
            ("3c", .reservedHead), ("3f", .reservedHead), ("5c", .reservedHead), ("7e", .reservedHead),
            ("9d", .reservedHead), ("bc", .reservedHead), ("fc", .reservedHead), ("ff", .reservedHead),
            ("81ff", .reservedHead), ("a1ff00", .unsupportedKey), ("a100ff", .reservedHead),
            ("5f42010243030405ff", .indefiniteLength), ("7f657374726561646d696e67ff", .indefiniteLength),
            ("9fff", .indefiniteLength), ("9f018202039f0405ffff", .indefiniteLength), ("bfff", .indefiniteLength),
            ("bf61610161629f0203ffff", .indefiniteLength), ("83018202039f0405ff", .indefiniteLength),
            ("1800", .notShortest), ("1817", .notShortest), ("1900ff", .notShortest), ("1a0000ffff", .notShortest),
            ("1b00000000ffffffff", .notShortest), ("3817", .notShortest), ("390000", .notShortest),
            ("580100", .notShortest), ("590001ff", .notShortest), ("780161", .notShortest), ("980100", .notShortest),
            ("b8010000", .notShortest), ("5b0000000000000001ff", .notShortest),
            ("c11a514b67b0", .tag), ("c249010000000000000000", .tag), ("d74401020304", .tag),
            ("d818456449455446", .tag),
            ("d9d9f700", .tag), ("81c000", .tag), ("f7", .unsupportedSimpleValue), ("f0", .unsupportedSimpleValue),
            ("f800", .unsupportedSimpleValue), ("f818", .unsupportedSimpleValue), ("f8ff", .unsupportedSimpleValue),
            ("e0", .unsupportedSimpleValue), ("62c328", .invalidUTF8), ("61ff", .invalidUTF8),
            ("63eda080", .invalidUTF8),
            ("62c080", .invalidUTF8), ("a1410000", .unsupportedKey), ("a1800000", .unsupportedKey),
            ("a1a00000", .unsupportedKey), ("a1f500", .unsupportedKey), ("a1f9000000", .unsupportedKey),
            ("a201000100", .repeatedKey), ("a2616100616100", .repeatedKey), ("a3010003000100", .keyOrder),
            ("a203000100", .keyOrder), ("a220000100", .keyOrder), ("a2616200616100", .keyOrder),
            ("a262616100616200", .keyOrder), ("a218ff000100", .keyOrder), ("a221002000", .keyOrder),
        ]
        for (hex, error) in refused { #expect(throws: error, "\(hex)") { try read(hex) } }
    }

    @Test("CTAP2 §8: the keys of a map ascend by type, then by length, then byte by byte")
    func keyOrder() throws {
        let map = try #require(
            read(
                "a9" + "0100" + "1700" + "181800" + "1903e800" + "2000" + "38ff00" + "616200" + "62616100" + "62616200"
            ).map)
        #expect(map.entries.count == 9)
    }

    @Test("CTAP2 §8: four levels of arrays and maps are read, the fifth is not, and no number of them is a danger")
    func depth() throws {
        #expect(throws: Never.self) { try read("8181818100") }
        #expect(throws: Never.self) { try read("a100a100a100a10000") }
        #expect(throws: CBORError.tooDeep) { try read("818181818100") }
        #expect(throws: CBORError.tooDeep) { try read("8181818180") }
        #expect(throws: CBORError.tooDeep) { try read("a100a100a100a100a0") }
        for head in [0x81, 0x9A, 0xA1] as [UInt8] {
            let bomb = [UInt8](repeating: head, count: 1_000_000)
            #expect(throws: CBORError.self) { try CBORReader.read(whole: bomb) }
        }
    }

    @Test("An item is read off the front, and what follows stays")
    func prefix() throws {
        var reader = try CBORReader(bytes("ff8201026161ff"), from: 1)
        #expect(try reader.readItem() == .array([.unsigned(1), .unsigned(2)]))
        #expect(reader.position == 4)
        #expect(try reader.readItem() == .text("a"))
        #expect(throws: CBORError.reservedHead) { try reader.readItem() }
        #expect(CBORReader([1], from: 9).position == 1)
        #expect(CBORReader([1], from: -9).position == 0)
    }

    @Test("Members are found by their bytes: the Kelvin sign is not K")
    func members() throws {
        let map = CBORMap(entries: [text("\u{212A}", .unsigned(1)), text("a\u{30a}", .unsigned(2))])
        #expect(map["K"] == nil)
        #expect(map["\u{e5}"] == nil)
        #expect(map["\u{212A}"] == .unsigned(1))
        #expect(map[1] == nil)
    }

    @Test("Integers beyond 64 bits with a sign have no value as such")
    func integers() throws {
        #expect(try read("1b7fffffffffffffff").integer == .max)
        #expect(try read("1b8000000000000000").integer == nil)
        #expect(try read("3b7fffffffffffffff").integer == .min)
        #expect(try read("3b8000000000000000").integer == nil)
        #expect(try read("390100").integer == -257)
    }

    @Test("Every item has one encoding: random and changed bytes are refused, or are what their value encodes to")
    func oneEncoding() throws {
        var generator = SeededGenerator(seed: 8949)
        let seed = try bytes("a40102032620a26161820203616244010203042163e6b0b4")
        var accepted = 0
        for round in 0..<200_000 {
            let input =
                round.isMultiple(of: 2)
                ? generator.mutated(seed)
                : (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            guard let item = try? CBORReader.read(whole: input) else { continue }
            accepted += 1
            if !"\(item)".contains("float") { #expect(item.encoded == input) }
        }
        #expect(accepted > 1000)
    }
}
