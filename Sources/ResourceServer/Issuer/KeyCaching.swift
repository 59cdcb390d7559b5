internal import HTTP

/// How long the issuer's keys are kept, and how often it is asked for them.
public struct KeyCaching: Sendable {
    /// The bounds of what `Cache-Control: max-age` may say. The upper one is how long a key is trusted after the issuer
    /// has withdrawn it; the lower one keeps a careless issuer from being asked all the time.
    public var lifetime = Duration.seconds(60)...Duration.seconds(3600)
    /// How long they are kept when the issuer does not say.
    public var unsaidLifetime = Duration.seconds(300)
    /// How long keys that should have been read again are used while the issuer cannot be reached.
    public var staleness = Duration.seconds(4 * 3600)
    /// How long nobody asks again after keys were read, however many tokens name keys that are not among them.
    public var pause = Duration.seconds(10)
    /// How long nobody asks again after a failure.
    public var pauseAfterFailure = Duration.seconds(2)

    /// A minute to an hour as the issuer says, five minutes when it does not; four hours of outage; ten seconds between.
    public init() {}

    /// What the answer's own fields say, within the bounds (RFC 9111 §4.2.1, §5.1).
    func lifetime(of headers: Headers) -> Duration {
        let directives = headers.all("cache-control").flatMap { $0.split(separator: ",") }
            .map { $0.drop { $0 == " " }.lowercased() }
        guard !directives.isEmpty else { return unsaidLifetime }
        if directives.contains(where: { $0.hasPrefix("no-store") || $0.hasPrefix("no-cache") }) {
            return lifetime.lowerBound
        }
        let ages = directives.filter { $0.hasPrefix("max-age=") }.map { Self.seconds($0.dropFirst(8)) }
        guard let age = ages.min() else { return unsaidLifetime }
        let spent = headers[first: "age"].map { Self.seconds($0[...]) } ?? 0
        return min(max(.seconds(age - spent), lifetime.lowerBound), lifetime.upperBound)
    }

    /// What is no number is as good as over (RFC 9111 §4.2.1); a number beyond all measure is merely large (§1.2.2).
    private static func seconds(_ text: Substring) -> Int {
        let digits = text.trimmingSuffix { $0 == " " }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return min(Int(digits) ?? .max, 1 << 31)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
