import Crypto

/// A secret shared with a person's authenticator, and the one-time passwords that both make of it and of the time
/// (RFC 6238, by the algorithm of RFC 4226).
///
/// HMAC with SHA-1, six digits, steps of 30 seconds: many authenticators ignore a wish for anything else and then show
/// codes that are never right. It never prints its secret.
public struct TOTP: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Length of a secret in bytes: the 160 bits that RFC 4226 §4 recommends (R6).
    public static let secretByteCount = 20

    /// Digits of a code.
    public static let digitCount = 6

    /// Seconds of a step (RFC 6238 §5.2).
    public static let period = 30

    /// The shared secret, for sealing it before it is stored.
    public let secret: [UInt8]

    /// From a stored secret; nil unless it has ``secretByteCount`` bytes.
    public init?(secret: [UInt8]) {
        guard secret.count == Self.secretByteCount else { return nil }
        self.secret = secret
    }

    /// With a new secret from a source of that many unpredictable bytes, such as ``Surroundings/random``.
    public init(random: (Int) -> [UInt8]) {
        secret = random(Self.secretByteCount)
    }

    /// The code of a step: ``digitCount`` digits, zeros in front included.
    public func code(at step: Step) -> String {
        code(at: step, digitCount: Self.digitCount)
    }

    /// RFC 4226 §5.3: HMAC of the step as eight bytes; the last half byte says which four bytes are the number, whose
    /// last digits are the code.
    func code(at step: Step, digitCount: Int) -> String {
        let counter = (0..<8).reversed().map { UInt8(truncatingIfNeeded: step.number >> (8 * $0)) }
        let code = HMACSHA1.code(for: counter, key: secret)
        let offset = Int(code[HMACSHA1.byteCount - 1] & 15)
        var number = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        var digits = [UInt8](repeating: UInt8(ascii: "0"), count: digitCount)
        for place in digits.indices.reversed() {
            digits[place] += UInt8(truncatingIfNeeded: number % 10)
            number /= 10
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The step that a person's code is of, if that is the present one, the one before it or the one after it: time to
    /// type, and clocks that differ a little (RFC 6238 §5.2).
    ///
    /// A code is good once: whoever accepts it stores the step, and refuses any that is not later than the last one
    /// stored (RFC 6238 §5.2). Should two of the steps have the same code, this is the later one, so that the code is
    /// used up for both. The time that this takes tells nothing of the codes.
    public func step(of code: Code, at now: Instant) -> Step? {
        let present = Step(at: now).number
        var match: Step?
        for step in [present - 1, present, present + 1].map(Step.init(number:)) {
            if constantTimeEquals(code.digits, self.code(at: step)) { match = step }
        }
        return match
    }

    /// Says what it is, never which.
    public var description: String { "TOTP(secret of \(secret.count * 8) bits)" }

    /// Says what it is, never which.
    public var debugDescription: String { description }

    /// Shows nothing to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension TOTP {
    /// Which of the periods since 1970 a code is of: `T` of RFC 6238 §4.2.
    public struct Step: Sendable, Hashable, Comparable {
        /// Whole periods since the epoch.
        public let number: Int64

        /// The step with this number, as it was stored.
        public init(number: Int64) { self.number = number }

        /// The step that `moment` falls into.
        public init(at moment: Instant) {
            number = moment.seconds.flooredQuotient(by: Int64(TOTP.period))
        }

        /// Earlier than.
        public static func < (a: Step, b: Step) -> Bool { a.number < b.number }
    }

    /// A code as a person typed it.
    public struct Code: Sendable {
        let digits: String

        /// Nil unless these are ``TOTP/digitCount`` ASCII digits. White space may stand anywhere: authenticators show
        /// it in the middle, and copying brings it along at the ends.
        public init?(typed text: String) {
            guard text.utf8.count <= 64 else { return nil }
            let digits = text.unicodeScalars.filter { !$0.properties.isWhitespace }.map {
                UInt8(exactly: $0.value) ?? 0
            }
            guard digits.count == TOTP.digitCount, digits.allSatisfy(ASCII.isDigit) else { return nil }
            self.digits = String(decoding: digits, as: UTF8.self)
        }
    }
}
