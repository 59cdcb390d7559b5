import Assembly
import Crypto
import Provider
import Testing

@Suite("Passwords by scrypt (RFC 7914)")
struct ScryptPasswordTests {
    /// As cheap as the real ones cannot be set.
    private let passwords = ScryptPasswords(mebibytes: 16, logN: 4)

    @Test("the right password is right, another one and that of nobody are wrong")
    func verdicts() async throws {
        let encoded = try await passwords.hash("correct horse")
        #expect(encoded.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try await passwords.hash("correct horse") != encoded, "each hash has a salt of its own")
        #expect(try await passwords.verify("correct horse", against: encoded) == .right(outdated: false))
        #expect(try await passwords.verify("correct horse ", against: encoded) == .wrong)
        #expect(try await passwords.verify("correct horse", against: nil) == .wrong)
        #expect(try await passwords.verify("correct horse", against: "no hash") == .wrong)
    }

    @Test("a cheaper hash is good and is to be made anew, a dearer one stays")
    func outdated() async throws {
        let cheap = try await ScryptPasswords(mebibytes: 16, logN: 3).hash("correct horse")
        #expect(try await passwords.verify("correct horse", against: cheap) == .right(outdated: true))
        let dear = try await ScryptPasswords(mebibytes: 16, logN: 5).hash("correct horse")
        #expect(try await passwords.verify("correct horse", against: dear) == .right(outdated: false))
    }

    @Test("nobody waits when nothing is hashed, and as many as ask are served")
    func lane() async throws {
        #expect(passwords.waitingCount == 0)
        try await withThrowingTaskGroup(of: PasswordVerdict.self) { group in
            let encoded = try await passwords.hash("x")
            for _ in 0..<50 { group.addTask { [passwords] in try await passwords.verify("x", against: encoded) } }
            for try await verdict in group { #expect(verdict == .right(outdated: false)) }
        }
    }
}

@Suite("The machine's clock and randomness")
struct SurroundingsTests {
    @Test("time goes on, and random bytes are as many as were asked for and no two alike")
    func surroundings() {
        let world = Surroundings.system
        let (one, other) = (world.random(32), world.random(32))
        #expect(one.count == 32 && other.count == 32 && one != other)
        let before = world.now()
        #expect(SystemClock.now >= before && before.seconds > 1_700_000_000)
        let trail = Trail.of("system")
        #expect(trail.actor == "system" && trail.requestID.hasPrefix("system-") && trail.address.isEmpty)
        #expect(Trail.of("system").requestID != trail.requestID)
    }
}
