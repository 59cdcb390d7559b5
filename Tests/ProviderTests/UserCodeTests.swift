import Testing

@testable import Provider

@Suite("User codes (RFC 8628 §6.1)")
struct UserCodeTests {
    @Test("A code is 8 letters of the alphabet, each as likely as any other, and shown as XXXX-XXXX")
    func made() {
        var counts: [Character: Int] = [:]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let code = UserCode { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }
            #expect(code.letters.count == 8)
            #expect(code.display == "\(code.letters.prefix(4))-\(code.letters.suffix(4))")
            for letter in code.letters { counts[letter, default: 0] += 1 }
        }
        #expect(Set(counts.keys) == Set("BCDFGHJKLMNPQRSTVWXZ"))
        // 800 of each are expected; what is seven deviations off comes once in 10^11 runs.
        for (letter, count) in counts { #expect((600...1000).contains(count), "\(letter): \(count)") }
    }

    @Test("Bytes that would make some letters likelier are passed over")
    func fair() {
        var round: UInt8 = 0
        let code = UserCode { count in
            round += 1
            return Array(repeating: round == 1 ? 255 : round == 2 ? 240 : 239, count: count)
        }
        #expect(code.letters == "ZZZZZZZZ")
    }

    @Test(
        "A code is accepted in any case, with spaces and dashes anywhere",
        arguments: [
            "BCDF-GHJK", "bcdfghjk", " BcDf ghJK ", "B-C-D-F-G-H-J-K", "BCDF\u{2011}GHJK", "BCDF\u{2013}GHJK",
            "BCDF\u{2212}GHJK", "BCDF\u{00A0}GHJK", "\tBCDFGHJK\n",
        ])
    func typed(_ text: String) {
        #expect(UserCode(typed: text)?.letters == "BCDFGHJK")
    }

    @Test(
        "What no device shows is no code",
        arguments: [
            "", "-", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "BCDF-GHJ0", "BCDF_GHJK", "BCDFGHJ\u{212A}", "ＢＣＤＦＧＨＪＫ",
            "BCDF-GHJK\u{0}", String(repeating: "B", count: 5000), String(repeating: "-", count: 56) + "BCDFGHJKL",
        ])
    func refused(_ text: String) {
        #expect(UserCode(typed: text) == nil)
    }

    @Test("Tries within a code's life are as few as the stated probability says (RFC 8628 §5.1)")
    func guessing() async throws {
        let start = Instant(seconds: 1_800_000_000)
        for (limit, account) in [(28, { (_: Int) in "one user" }), (33, { (number: Int) in "user \(number)" })] {
            let throttle = GuessThrottle(.userCodes)
            var (now, tries) = (start, 0)
            while now < start + 600 {
                let moment = now
                switch try await throttle.admit(account: account(tries), address: "192.0.2.1", at: { moment }) {
                case .admitted:
                    throttle.confirm(account: account(tries), address: "192.0.2.1", at: now)
                    tries += 1
                case .wait(let seconds): now = now + seconds
                }
            }
            #expect(tries == limit)
        }
    }
}
