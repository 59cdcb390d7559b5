/// The slice of time that an expiring row lives in: the number of hours (codes, parked requests) or days (tokens,
/// grants, sessions) between the epoch and the row's last possible moment. Tables are partitioned by it.
public struct Bucket: Sendable, Hashable, Comparable {
    /// Hours or days since the epoch, by the table's own unit.
    public let value: Int32

    /// The bucket with this number.
    public init(_ value: Int32) { self.value = value }

    /// The bucket written in decimal without sign or leading zero; nil for anything else, so that one row has one name.
    public init?(text: Substring) {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let value = Int32(text)
        else { return nil }
        self.value = value
    }

    /// The hour that `moment` falls into.
    public static func hour(of moment: Instant) -> Bucket {
        Bucket(Int32(clamping: moment.seconds.flooredQuotient(by: 3600)))
    }

    /// The day that `moment` falls into, in UTC.
    public static func day(of moment: Instant) -> Bucket {
        Bucket(Int32(clamping: moment.seconds.flooredQuotient(by: 86_400)))
    }

    /// The day bucket of a row that lives until `end`, chosen at `now` by whoever names the row: its day while that is
    /// near, else the last day of its month. So a table needs a partition for each of the near days and beyond them one
    /// a month, and none is ever split as time passes.
    ///
    /// Only for rows whose name carries the bucket; one that is found by its end alone (a JWT's `exp`) is never rounded.
    public static func day(of end: Instant, from now: Instant) -> Bucket {
        let day = day(of: end)
        guard day.value - Bucket.day(of: now).value > nearDays else { return day }
        let date = CivilDate(daysSinceEpoch: Int64(day.value))
        return Bucket(day.value + Int32(date.daysInMonth - date.day))
    }

    /// Whether a row that lives at `now` can be in this day bucket: one of the near days (and one to either side, for
    /// servers whose clocks differ a little), or the last day of a month.
    public func isInUse(asDayAt now: Instant) -> Bool {
        let distance = Int64(value) - Int64(Bucket.day(of: now).value)
        guard distance > Int64(Bucket.nearDays) + 1 else { return distance >= -1 }
        let date = CivilDate(daysSinceEpoch: Int64(value))
        return distance <= Int64(Bucket.farDays) && date.day == date.daysInMonth
    }

    /// How many days from today on are sure to have a partition each.
    static let nearDays: Int32 = 28
    /// No row lives longer, rounded up to the end of its month.
    static let farDays: Int32 = 400 + 31

    /// Earlier than.
    public static func < (a: Bucket, b: Bucket) -> Bool { a.value < b.value }
}
