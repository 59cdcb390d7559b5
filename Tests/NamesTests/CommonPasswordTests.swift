import Testing

@testable import Names

@Suite("Common passwords (NIST SP 800-63B-3 §5.1.1.2)")
struct CommonPasswordTests {
    private let rules = UnicodeNameRules()

    private func isCommon(_ password: String) -> Bool {
        rules.isCommon(foldedPassword: rules.folded(password))
    }

    @Test(
        "what is on the list, in whatever letter case and width, with digits and a mark behind it, or twice",
        arguments: [
            "password1234", "PassWord1234", "ｐａｓｓｗｏｒｄ1234", "password2026!", "qwertyuiop12", "dragon123456789",
            "passwordpassword", "Passw0rdPassw0rd", "iloveyouforever", "correcthorsebatterystaple", "1qaz2wsx3edc",
            "qwertzuiopas", "zaq1xsw2cde3", "hallohallohallo", "password1password1", "christopher1", "administration",
            "qwertyuiopasdfghjkl", "letmeinplease!",
        ])
    func listed(_ password: String) { #expect(isCommon(password)) }

    @Test(
        "characters in a row, and a short piece over and over, however long",
        arguments: [
            "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012345", "987654321098", "abcdefghijklmnop",
            "zyxwvutsrqponm", "77777777777777777", "1212121212121", "äöüäöüäöüäöü", "мамамамамама",
        ])
    func patterns(_ password: String) { #expect(isCommon(password)) }

    @Test(
        "everything else, long digits behind a word and words in a row included",
        arguments: [
            "correct horse battery", "correct horse battery staple", "ein langes passwort", "barcelona-8817264519",
            "S3cure-Passw0rd!x", "korrektes Pferd Batterie", "Tr0ub4dor&3-and-more", "パスワードではない言葉",
            "a", "", "xkcd936xkcd1234", "abcdefgh-zyxwvu", "aaaaaaaaaaaab", "1234567890123457",
        ])
    func others(_ password: String) { #expect(!isCommon(password)) }

    @Test("the list is sorted, and its entries are found in it, the first and the last included")
    func whole() {
        let table = WordTable(CommonPasswordTable.entries)
        let text = CommonPasswordTable.entries.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        let entries = text.utf8.split(separator: UInt8(ascii: " ")).map { Array($0) }
        #expect(entries.count > 50_000)
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        let some = stride(from: 0, to: entries.count, by: 17).map { entries[$0] } + entries.suffix(2)
        #expect(some.allSatisfy(table.contains))
        #expect(!some.contains { table.contains($0 + [0x7E, 0x7E]) })
        for strange in ["", " ", "  ", "\u{7F}", "!", "~~~~~~~~", "zzzzzzzzzzzzzzzz"] {
            #expect(!table.contains(Array(strange.utf8)), "\(strange)")
        }
    }
}
