import Testing

@testable import Provider

@Suite("Time-based one-time passwords (RFC 6238, RFC 4226)")
struct TOTPTests {
    /// The secret of both RFCs' vectors for SHA-1.
    private let totp = TOTP(random: { _ in Array("12345678901234567890".utf8) })

    private func code(_ text: String) throws -> TOTP.Code { try #require(TOTP.Code(typed: text)) }

    @Test("RFC 4226 Appendix D: the first ten values")
    func hotp() {
        let codes = (0..<10).map { totp.code(at: TOTP.Step(number: $0)) }
        #expect(
            codes == [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
            ])
    }

    @Test(
        "RFC 6238 Appendix B: the vectors for SHA-1, in eight digits and in six",
        arguments: [
            (59, 0x1, "94287082"), (1_111_111_109, 0x23523EC, "07081804"), (1_111_111_111, 0x23523ED, "14050471"),
            (1_234_567_890, 0x273EF07, "89005924"), (2_000_000_000, 0x3F940AA, "69279037"),
            (20_000_000_000, 0x27BC86AA, "65353130"),
        ] as [(Int64, Int64, String)])
    func vectors(seconds: Int64, number: Int64, digits: String) throws {
        let now = Instant(seconds: seconds)
        let step = TOTP.Step(at: now)
        #expect(step.number == number)
        #expect(totp.code(at: step, digitCount: 8) == digits)
        #expect(totp.code(at: step) == digits.suffix(6))
        #expect(try totp.step(of: code(String(digits.suffix(6))), at: now) == step)
    }

    @Test(
        "RFC 6238 §4.2: a step is 30 seconds from the epoch, rounded down",
        arguments: [
            (0, 0), (29_999, 0), (30_000, 1), (59_999, 1), (60_000, 2), (-1, -1), (-30_000, -1), (-30_001, -2),
        ] as [(Int64, Int64)])
    func steps(milliseconds: Int64, number: Int64) {
        #expect(TOTP.Step(at: Instant(milliseconds: milliseconds)).number == number)
    }

    @Test("RFC 6238 §5.2: the step before and the step after are good, to the millisecond; no other is")
    func window() throws {
        let start = Instant(seconds: 1_795_262_400)
        let step = TOTP.Step(at: start)
        #expect(step.number * 30 == start.seconds)
        let code = try code(totp.code(at: step))
        for (milliseconds, isGood) in [
            (-30_001, false), (-30_000, true), (-1, true), (0, true), (29_999, true), (30_000, true), (59_999, true),
            (60_000, false), (86_400_000, false),
        ] {
            let now = Instant(milliseconds: start.milliseconds + Int64(milliseconds))
            #expect(totp.step(of: code, at: now) == (isGood ? step : nil), "\(milliseconds) ms")
        }
    }

    @Test("RFC 6238 §5.2: a used code gives the step it was used with, so that the store can refuse it")
    func reuse() throws {
        let first = try #require(totp.step(of: code(totp.code(at: TOTP.Step(at: noon))), at: noon))
        let again = try #require(totp.step(of: code(totp.code(at: first)), at: noon + 30))
        #expect(again == first)
        let next = try #require(totp.step(of: code(totp.code(at: TOTP.Step(at: noon + 30))), at: noon + 30))
        #expect(next > first)
    }

    @Test("RFC 6238 §5.2: a code that two steps of the window share is of the later one")
    func sharedCode() throws {
        // Found by search: the first pair of the RFCs' secret.
        let (early, late) = (TOTP.Step(number: 910_737), TOTP.Step(number: 910_738))
        #expect(totp.code(at: early) == totp.code(at: late))
        #expect(try totp.step(of: code(totp.code(at: early)), at: Instant(seconds: early.number * 30)) == late)
    }

    @Test("clocks at the ends of time do not stop anything", arguments: [.min, -1, 0, .max] as [Int64])
    func extremes(milliseconds: Int64) throws {
        let now = Instant(milliseconds: milliseconds)
        let step = TOTP.Step(at: now)
        #expect(try totp.step(of: code(totp.code(at: step)), at: now) != nil)
    }

    @Test("wrong codes have no step, nor have another secret's")
    func wrong() throws {
        let step = TOTP.Step(number: 1)
        for text in ["287083", "387082", "000000", "755225"] {
            #expect(totp.step(of: try code(text), at: Instant(seconds: 59)) == nil)
        }
        let other = TOTP(random: { [UInt8](repeating: 7, count: $0) })
        #expect(other.step(of: try code(totp.code(at: step)), at: Instant(seconds: 59)) == nil)
    }

    @Test(
        "six ASCII digits are a code, however spaced",
        arguments: ["287082", "287 082", " 287082\n", "2 8 7 0 8 2", "287\u{A0}082", "287\u{202F}082", "\t287082 "])
    func typed(text: String) throws {
        #expect(try totp.step(of: code(text), at: Instant(seconds: 59))?.number == 1)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", " ", "28708", "2870820", "28708a", "+28708", "-28708", "287-082", "287.08", "2870\u{200B}82",
            "\u{662}\u{668}\u{667}\u{660}\u{668}\u{662}", "\u{FF12}\u{FF18}\u{FF17}\u{FF10}\u{FF18}\u{FF12}",
            "28708\u{662}", "28708\u{B2}", "287082\0", "\0\0\0\0\0\0", "28708\u{1D7D0}",
            String(repeating: " ", count: 60) + "287082", "é87082",
        ])
    func refused(text: String) {
        #expect(TOTP.Code(typed: text) == nil)
    }

    @Test("RFC 4226 §4 R6: a secret has 160 bits", arguments: [0, 16, 19, 21, 32])
    func length(byteCount: Int) {
        #expect(TOTP(secret: [UInt8](repeating: 1, count: byteCount)) == nil)
        #expect(TOTP(secret: totp.secret)?.code(at: TOTP.Step(number: 0)) == "755224")
    }

    @Test("the key URI is as authenticators read it")
    func keyURI() {
        #expect(
            totp.keyURI(issuer: "ACME Co", account: "john.doe@email.com")
                == "otpauth://totp/ACME%20Co:john.doe%40email.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30")
        #expect(totp.typedSecret == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
    }

    @Test(
        "RFC 3986 §2.1, §2.3: in names all but unreserved characters are encoded, and a colon parts nothing",
        arguments: [
            ("a-b.c_d~e", "a-b.c_d~e"), ("a+b&c=d?e#f/g", "a%2Bb%26c%3Dd%3Fe%23f%2Fg"), ("100%", "100%25"),
            ("Gr\u{FC}\u{DF}e", "Gr%C3%BC%C3%9Fe"), ("\u{1F426}", "%F0%9F%90%A6"), ("a:b", "a-b"), ("", ""),
            ("a\n\"<b>", "a%0A%22%3Cb%3E"),
        ])
    func names(name: String, encoded: String) {
        let uri = totp.keyURI(issuer: name, account: name)
        #expect(uri.hasPrefix("otpauth://totp/\(encoded):\(encoded)?secret="))
        #expect(uri.contains("&issuer=\(encoded)&"))
        #expect(uri.utf8.count { $0 == UInt8(ascii: ":") } == 2)
    }

    @Test("it shows its secret to nobody")
    func silence() {
        var dumped = ""
        dump(totp, to: &dumped)
        for text in ["\(totp)", String(reflecting: totp), dumped] {
            #expect(text.contains("TOTP(secret of 160 bits)"))
            #expect(!text.contains("49") && !text.contains("GEZD"))
        }
    }
}
