import Provider
import Testing

@testable import Names

@Suite("User names: what is one, and which are the same")
struct UserNameTests {
    private let rules = UnicodeNameRules()

    private func problem(_ name: String) -> String? {
        do throws(OAuthError) {
            _ = try rules.keys(of: name)
            return nil
        } catch {
            #expect(error.code == .invalidRequest)
            #expect(error.parameter == "username")
            return error.description
        }
    }

    @Test(
        "names of one script are names",
        arguments: [
            "alice", "Alice.B-C_d+e@example.com", "7of9", "\u{416}\u{435}\u{43D}\u{44F}",
            "\u{3A3}\u{3CC}\u{3BB}\u{3C9}\u{3BD}",
            "Jos\u{E9}", "Jose\u{301}", "\u{5D3}\u{5D5}\u{5D3}", "\u{645}\u{62D}\u{645}\u{62F}", "\u{5F20}\u{4F1F}",
            "\u{7530}\u{4E2D}\u{3055}\u{3093}", "\u{30BF}\u{30ED}\u{30FC}", "\u{AE40}\u{CCA0}\u{C218}",
            "\u{928}\u{92E}\u{938}\u{94D}\u{924}\u{947}", "\u{E2A}\u{E21}\u{E0A}\u{E32}\u{E22}",
            "\u{661}\u{662}\u{645}",
            "\u{434}\u{430}7", "@", "a",
        ])
    func allowed(_ name: String) throws {
        #expect(problem(name) == nil)
    }

    @Test(
        "mixed scripts, invisible and other characters are refused, with what is wrong",
        arguments: [
            ("\u{430}dmin", "several scripts"), ("pa\u{443}pal", "several scripts"), ("\u{3B1}bc", "several scripts"),
            ("\u{5D0}a", "several scripts"), ("a\u{661}", "several scripts"), ("\u{30A2}\u{AC00}", "several scripts"),
            ("1\u{661}", "two decimal systems"), ("\u{967}\u{664}", "mixes"), ("a b", "other than letters"),
            ("a\u{0}", "other than letters"), ("a\nb", "other than letters"), ("a\u{200B}b", "other than letters"),
            ("a\u{202E}b", "other than letters"), ("ad\u{AD}min", "other than letters"), ("a/b", "other than letters"),
            ("<a>", "other than letters"), ("a\u{1F600}", "other than letters"), ("a\u{FE0F}", "other than letters"),
            ("\u{115F}", "other than letters"), ("a\u{2BC}b", "other than letters"),
            ("\u{301}a", "belongs to no letter"),
            ("1\u{301}", "belongs to no letter"), ("x.\u{301}", "belongs to no letter"),
            ("x\u{315}\u{315}", "too many"), ("x\u{300}\u{301}\u{302}\u{303}\u{304}", "too many"),
            ("a\u{483}", "several scripts"), ("", "is empty"), (" \t\u{A0}", "is empty"),
        ])
    func refused(_ name: String, reason: String) throws {
        let description = try #require(problem(name))
        #expect(description.contains(reason), "\(description)")
    }

    @Test("1 to 128 characters, at most 256 bytes, counted after trimming and NFKC")
    func lengths() {
        #expect(problem(String(repeating: "a", count: 128)) == nil)
        #expect(problem("  " + String(repeating: "a", count: 128) + "\n") == nil)
        #expect(problem(String(repeating: "a", count: 129))?.contains("128 characters") == true)
        #expect(problem(String(repeating: "\u{416}", count: 128)) == nil)
        #expect(problem(String(repeating: "\u{5F20}", count: 85)) == nil)
        #expect(problem(String(repeating: "\u{5F20}", count: 86))?.contains("256 bytes") == true)
        #expect(problem(String(repeating: "\u{FF41}", count: 128)) == nil)
        #expect(problem(String(repeating: "\u{FDFA}", count: 20)) != nil)
        #expect(problem(String(repeating: "a", count: 1_000_000))?.contains("256 bytes") == true)
    }

    @Test("the shown name is trimmed and NFKC, and keeps its case")
    func display() throws {
        #expect(try rules.keys(of: "  \u{FF21}lice\u{3000}").display == "Alice")
        #expect(try rules.keys(of: "Jose\u{301}").display == "Jos\u{E9}")
    }

    @Test(
        "spellings that are the same name",
        arguments: [
            ("alice", "ALICE"), ("alice", "\u{FF41}\u{FF2C}\u{FF49}\u{FF43}\u{FF45}"), ("jos\u{E9}", "JOSE\u{301}"),
            ("stra\u{DF}e", "STRASSE"), ("stra\u{1E9E}e", "strasse"), ("\u{FB01}n", "fin"),
            ("\u{3C3}\u{3C2}", "\u{3A3}\u{3A3}"),
            ("\u{13A0}", "\u{AB70}"), ("\u{212A}elvin", "kelvin"),
        ])
    func same(_ one: String, _ other: String) throws {
        #expect(try rules.keys(of: one).keys == rules.keys(of: other).keys)
    }

    @Test(
        "UTS 39 §4: different names that the eye takes for one share a skeleton",
        arguments: [
            ("bob", "b0b"), ("al", "a1"), ("modern", "rnodern"), ("Modern", "RNODERN"), ("O1", "0l"),
            ("scope", "\u{455}\u{441}\u{43E}\u{440}\u{435}"), ("oo", "\u{3BF}\u{3BF}"),
            ("ooo", "\u{585}\u{585}\u{585}"),
            ("\u{131}an", "ian"), ("\u{3BD}\u{3BF}", "vo"), ("\u{430}\u{440}\u{435}", "ape"),
        ])
    func confusable(_ one: String, _ other: String) throws {
        #expect(try rules.keys(of: one).keys.skeleton == rules.keys(of: other).keys.skeleton)
    }

    @Test("names that can be told apart have skeletons of their own")
    func distinct() throws {
        let names = [
            "admin", "adrnins", "alice", "bob", "robert", "a.b", "a-b", "a_b", "a+b", "ab", "ian", "lan", "jose",
            "jos\u{E9}",
        ]
        let skeletons = try names.map { try rules.keys(of: $0).keys.skeleton }
        #expect(Set(skeletons).count == names.count)
    }

    @Test("Turkish dotless i is a letter of its own, confusable with i")
    func dotless() throws {
        let dotted = try rules.keys(of: "ali").keys
        let dotless = try rules.keys(of: "al\u{131}").keys
        #expect(dotted.folded != dotless.folded)
        #expect(dotted.skeleton == dotless.skeleton)
    }

    @Test("keys of keys are the same keys, for every character a name can have (of ideographs each 64th)")
    func stability() throws {
        var count = 0
        for value in UInt32(0x21)...0xE0FFF where value < 0x3400 || value % 64 == 0 {
            guard let scalar = Unicode.Scalar(value), let character = NameCharacter(value) else { continue }
            let base = character.kind == .mark ? base(for: value) : ""
            guard let base else { continue }
            let name = base + String(Character(scalar))
            let (display, keys) = try rules.keys(of: name)
            count += 1
            let again = try rules.keys(of: display)
            #expect(scalars(again.display) == scalars(display) && again.keys == keys, "keys of \(value)")
            #expect(ComparableForms.folded(scalars(keys.folded)) == scalars(keys.folded), "fold of \(value)")
            let skeleton = scalars(keys.skeleton)
            #expect(ComparableForms.skeleton(skeleton) == skeleton, "skeleton of \(value)")
            if keys.folded != display {
                #expect(try rules.keys(of: keys.folded).keys == keys, "keys of the folded form of \(value)")
            }
        }
        #expect(count > 8000)
    }

    /// Marks need a letter of their script before them.
    private func base(for mark: UInt32) -> String? {
        ["a", "\u{430}", "\u{5D0}", "\u{627}", "\u{915}", "\u{995}", "\u{E01}"].first {
            UserNameCheck.problem(with: scalars($0) + [mark]) == nil
        }
    }
}
