internal import Postgres
internal import Provider

extension Bucket {
    /// This day as the partition key of a statement that runs at `now`.
    ///
    /// A day that rows can have now is a constant of the statement: PostgreSQL opens that partition alone, where for a
    /// parameter it locks every partition first (three times the work at 51). Any other day, which only a forged or
    /// long expired token names, stays a parameter, so that nobody can have statements prepared without end.
    func asDay(at now: Instant) -> SQL {
        isInUse(asDayAt: now) ? "\(constant: value)" : "\(self)"
    }

    /// The same for a table whose unit is the hour.
    func asHour(at now: Instant) -> SQL {
        let distance = Int64(value) - Int64(Bucket.hour(of: now).value)
        return (-1...1).contains(distance) ? "\(constant: value)" : "\(self)"
    }

    /// The day in which an access token can end at the latest: none lives for more than 30 days.
    static func lastDayOfAccessTokens(at now: Instant) -> Bucket { Bucket(Bucket.day(of: now).value + 31) }

    /// Whether an access token that lives now can be of this day, or one that ended since yesterday.
    func mayHaveAccessTokens(at now: Instant) -> Bool {
        (Int64(Bucket.day(of: now).value) - 1...Int64(Self.lastDayOfAccessTokens(at: now).value)).contains(Int64(value))
    }
}
