import Glibc
import Testing

@testable import Crypto

@Suite("Password hashes (RFC 7914)")
struct PasswordHashTests {
    let cheap = Scrypt.Parameters(logN: 4)

    struct Vector: Decodable {
        let password: String
        let salt: String
        let logN: Int
        let r: Int
        let p: Int
        let key: Hex
    }

    @Test("RFC 7914 §12: scrypt")
    func vectors() throws {
        let vectors = try Vectors.load("rfc7914", as: [Vector].self)
        #expect(vectors.count == 3)
        for vector in vectors {
            let parameters = try #require(
                Scrypt.Parameters(logN: vector.logN, blockSize: vector.r, parallelization: vector.p))
            let key = try Scrypt.deriveKey(
                password: Array(vector.password.utf8), salt: Array(vector.salt.utf8), parameters: parameters,
                byteCount: vector.key.bytes.count)
            #expect(key == vector.key.bytes)
        }
    }

    @Test("A hash matches its password only, also after it was stored")
    func roundTrip() throws {
        let hash = try Scrypt.hash(Array("correct horse".utf8), parameters: #require(cheap))
        let stored = try #require(PasswordHash(encoded: hash.encoded))
        #expect(stored == hash)
        #expect(hash.encoded.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try stored.matches(Array("correct horse".utf8)))
        #expect(try !stored.matches(Array("correct horsf".utf8)))
        #expect(try !stored.matches([]))
    }

    @Test("The empty password and one with a NUL are passwords like others")
    func unusualPasswords() throws {
        let parameters = try #require(cheap)
        let empty = try Scrypt.hash([], parameters: parameters)
        #expect(try empty.matches([]))
        #expect(try !empty.matches([1]))
        let withNUL = try Scrypt.hash([1, 0, 2], parameters: parameters)
        #expect(try withNUL.matches([1, 0, 2]))
        #expect(try !withNUL.matches([1, 0, 3]))
    }

    @Test("A hash prints its cost, not its salt and key")
    func secrecy() throws {
        let hash = try Scrypt.hash([1], parameters: #require(cheap))
        var dumped = ""
        dump(hash, to: &dumped)
        #expect("\(hash)" == "PasswordHash(scrypt, ln=4, r=8, p=1)")
        #expect(String(reflecting: hash) == "\(hash)")
        #expect(dumped == "- \(hash)\n")
    }

    @Test("Two hashes of one password differ")
    func salts() throws {
        let parameters = try #require(cheap)
        #expect(try Scrypt.hash([1], parameters: parameters) != Scrypt.hash([1], parameters: parameters))
    }

    @Test("A hash that is cheaper than wanted asks for a new one, a dearer one does not")
    func rehash() throws {
        let hash = try Scrypt.hash([1], parameters: #require(cheap))
        #expect(try !hash.needsRehash(for: #require(cheap)))
        #expect(hash.needsRehash(for: .standard))
        #expect(try !hash.needsRehash(for: #require(Scrypt.Parameters(logN: 3))))
        #expect(try hash.needsRehash(for: #require(Scrypt.Parameters(logN: 3, parallelization: 4))))
        #expect(try hash.needsRehash(for: #require(Scrypt.Parameters(logN: 4, blockSize: 9))))
        let short = try #require(PasswordHash(encoded: "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"))
        #expect(try short.needsRehash(for: #require(cheap)))
    }

    @Test(
        "What a cheap hash lacks to the work of a dear one is made up, but for less than the smallest hash there is",
        arguments: [(14, 8, 17), (16, 8, 17), (4, 1, 12), (17, 8, 17), (18, 8, 17)])
    func missingWork(logN: Int, blockSize: Int, wanted: Int) throws {
        let stored = try #require(Scrypt.Parameters(logN: logN, blockSize: blockSize))
        let cost = try #require(Scrypt.Parameters(logN: wanted))
        let missing = stored.hashesMissing(to: cost)
        #expect(missing.reduce(stored.work) { $0 + $1.work } + 15 >= max(stored.work, cost.work))
        #expect(missing.reduce(stored.work) { $0 + $1.work } <= max(stored.work, cost.work))
        #expect(missing.allSatisfy { $0.memory < cost.memory })
    }

    @Test("CVE-2026-4633: a wrong password takes the configured time, whatever its hash was made with")
    func wrongPasswordsTakeAlike() throws {
        let (low, high) = (try #require(Scrypt.Parameters(logN: 9)), try #require(Scrypt.Parameters(logN: 13)))
        let (old, new) = (try Scrypt.hash([1], parameters: low), try Scrypt.hash([1], parameters: high))
        let times = try [old, new].map { hash in
            try (0..<3).map { _ in
                try processorTime {
                    let isRight = try hash.matches([2], inTheTimeOf: high)
                    #expect(!isRight)
                }
            }.min() ?? .zero
        }
        #expect(times[0] > times[1] * 0.4)
        #expect(try old.matches([1], inTheTimeOf: high))
    }

    /// What the calling thread works in `body`, however busy the machine is.
    private func processorTime(_ body: () throws -> Void) rethrows -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        try body()
        return now() - start
    }

    @Test("RFC 7914 §2: the standard cost is N=2^17, r=8, p=1 and takes 128 MiB")
    func standard() {
        let parameters = Scrypt.Parameters.standard
        #expect(parameters == Scrypt.Parameters(logN: 17, blockSize: 8, parallelization: 1))
        #expect(parameters.memory == 128 * 1024 * 1024 + 3 * 1024)
    }

    @Test(
        "Parameters that would take the machine are refused before anything is computed",
        arguments: [
            (0, 8, 1), (-1, 8, 1), (21, 8, 1), (40, 8, 1), (64, 8, 1), (17, 0, 1), (17, 33, 1), (17, 8, 0), (17, 8, 17),
            (20, 16, 1), (20, 8, 3), (16, 1, 1),
        ])
    func bounds(logN: Int, blockSize: Int, parallelization: Int) {
        #expect(Scrypt.Parameters(logN: logN, blockSize: blockSize, parallelization: parallelization) == nil)
        let encoded =
            "$scrypt$ln=\(logN),r=\(blockSize),p=\(parallelization)$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"
        #expect(PasswordHash(encoded: encoded) == nil)
    }

    @Test(
        "What is not exactly the encoded form is refused",
        arguments: [
            "", "$", "$$$$", "scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$",
            "$scrypt$r=8,ln=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=04,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=+4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4 ,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1,x=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=99999999999999999999,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAB$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAA*AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAA AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAA-_AAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + String(repeating: "A", count: 400),
        ])
    func malformed(encoded: String) {
        #expect(PasswordHash(encoded: encoded) == nil)
    }
}
