import Testing

@testable import Names

@Suite("UAX 15: normalization forms")
struct NormalizationTests {
    @Test("NormalizationTest.txt: the four forms of each of its five columns")
    func conformance() throws {
        let lines = try vectors("normalization")
        #expect(lines.count > 2000)
        for line in lines {
            try #require(line.count == 5)
            for column in line[0...2] {
                #expect(Normalization.nfc(column) == line[1])
                #expect(Normalization.nfd(column) == line[2])
            }
            for column in line[3...4] {
                #expect(Normalization.nfc(column) == line[3])
                #expect(Normalization.nfd(column) == line[4])
            }
            for column in line {
                #expect(Normalization.nfkc(column) == line[3])
                #expect(Normalization.nfkd(column) == line[4])
            }
        }
    }

    @Test("Unicode §3.12: every Hangul syllable comes apart and together again")
    func hangul() {
        for syllable: UInt32 in 0xAC00...0xD7A3 {
            let jamo = Normalization.nfd([syllable])
            #expect(jamo.count == ((syllable - 0xAC00) % 28 == 0 ? 2 : 3))
            #expect(Normalization.nfc(jamo) == [syllable])
        }
    }

    @Test("Unicode D147: NFKC_Casefold of characters and words as ICU computes it")
    func caseFolding() throws {
        let lines = try vectors("casefold")
        #expect(lines.count > 1900)
        for line in lines {
            try #require(line.count == 2)
            #expect(ComparableForms.folded(line[0]) == line[1])
        }
    }

    @Test("RFC 8265 OpaqueString: two spellings of a password are one, and case and spaces stay")
    func passwords() {
        let rules = UnicodeNameRules()
        #expect(rules.normalized(password: "re\u{301}sume\u{301}") == "r\u{E9}sum\u{E9}")
        #expect(rules.normalized(password: "\u{FF21}bc\u{FF11}") == "Abc1")
        #expect(rules.normalized(password: " two  Words ") == " two  Words ")
        #expect(scalars(rules.normalized(password: "\u{1E9B}\u{323}")) == [0x1E69])
    }
}
