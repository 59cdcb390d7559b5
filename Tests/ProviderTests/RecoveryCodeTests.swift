import Crypto
import Testing

@testable import Provider

@Suite("Recovery codes")
struct RecoveryCodeTests {
    private let anna = UserID("anna")

    /// A code of these ten bytes.
    private func code(_ bytes: [UInt8]) throws -> RecoveryCode {
        try #require(RecoveryCode.newSet(random: { _ in bytes }).first)
    }

    @Test("ten at a time, all different, of 80 random bits each")
    func newSet() {
        var asked: [Int] = []
        var next: UInt8 = 0
        let codes = RecoveryCode.newSet { count in
            asked.append(count)
            next += 1
            return [UInt8](repeating: next, count: count)
        }
        #expect(asked == [Int](repeating: 10, count: 10))
        #expect(Set(codes.map(\.text)).count == 10)
        #expect(Set(codes.map { $0.hash(of: anna) }).count == 10)
    }

    @Test("they are four groups of four, without letters that look like digits")
    func text() throws {
        #expect(try code([UInt8](repeating: 0, count: 10)).text == "0000-0000-0000-0000")
        #expect(try code([UInt8](repeating: 0xFF, count: 10)).text == "ZZZZ-ZZZZ-ZZZZ-ZZZZ")
        // All 32 characters, in order, in two codes.
        #expect(
            try code([0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF]).text == "0123-4567-89AB-CDEF")
        #expect(
            try code([0x84, 0x65, 0x3A, 0x56, 0xD7, 0xC6, 0x75, 0xBE, 0x77, 0xDF]).text == "GHJK-MNPQ-RSTV-WXYZ")
    }

    @Test(
        "however typed, a code is the same",
        arguments: [
            "0123-4567-89AB-CDEF", "0123456789ABCDEF", "0123 4567 89ab cdef", " 0123-4567-89ab-cdef\r\n",
            "O123-4567-89AB-CDEF", "oI23-4567-89AB-CDEF", "0l23-4567-89AB-CDEF", "0L23-4567-89AB-CDEF",
            "0i23-4567-89AB-CDEF", "0-1-2-3-4-5-6-7-8-9-A-B-C-D-E-F", "--0123456789ABCDEF--",
            "0123\u{2010}4567\u{2011}89AB\u{2013}CDEF", "0123\u{2014}4567\u{2212}89AB\u{AD}CDEF",
            "0123\u{A0}4567\u{3000}89AB\tCDEF",
        ])
    func typed(text: String) throws {
        let typed = try #require(RecoveryCode(typed: text))
        #expect(typed.text == "0123-4567-89AB-CDEF")
        #expect(
            typed.hash(of: anna)
                == (try code([0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF])).hash(of: anna))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "-", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEF-0", "0123-4567-89AB-CDEU", "0123-4567-89AB-CDE!",
            "0123.4567.89AB.CDEF", "0123_4567_89AB_CDEF", "0123-4567-89AB-CDE\0", "0123-4567-89AB-CDE\u{CA}",
            "0123-4567-89AB-CDE\u{661}", "\u{FF10}123-4567-89AB-CDEF", "0123-4567-89AB-CDE\u{417}",
            "0123\u{200B}456789ABCDEF", String(repeating: "-", count: 120) + "0123456789ABCDEF", "287082",
        ])
    func refused(text: String) {
        #expect(RecoveryCode(typed: text) == nil)
    }

    @Test("the stored hash is SHA-256 of owner and code: another owner's is another")
    func hash() throws {
        let code = try #require(RecoveryCode(typed: "0123-4567-89AB-CDEF"))
        #expect(code.hash(of: anna) == SHA256.hash("anna 0123456789ABCDEF"))
        #expect(code.hash(of: anna) != code.hash(of: UserID("bert")))
        let other = try #require(RecoveryCode(typed: "0123-4567-89AB-CDEG"))
        #expect(code.hash(of: anna) != other.hash(of: anna))
    }

    @Test("it shows itself to nobody")
    func silence() throws {
        let code = try #require(RecoveryCode(typed: "0123-4567-89AB-CDEF"))
        var dumped = ""
        dump(code, to: &dumped)
        for text in ["\(code)", String(reflecting: code), dumped] {
            #expect(text.contains("RecoveryCode(80 bits)"))
            #expect(!text.contains("0123") && !text.contains("CDEF"))
        }
    }
}
