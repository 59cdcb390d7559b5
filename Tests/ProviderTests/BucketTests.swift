import Testing

@testable import Provider

@Suite("Buckets: which days a row can be in")
struct BucketTests {
    /// The day of `noon`, 2026-11-21.
    private static let today: Int32 = 20_778
    private static let day = 86_400

    @Test(
        "a day is in use while it is near, and beyond that if it ends a month within the horizon",
        arguments: [
            (-2, false), (-1, true), (0, true), (1, true), (9, true), (27, true), (28, true),
            // 2026-12-20, -21, -30, -31 and 2027-01-01.
            (29, true), (30, false), (39, false), (40, true), (41, false),
            // The ends of February and December 2027, of January 2028, which is too far; and the days around.
            (99, true), (98, false), (100, false), (405, true), (406, false), (431, false), (436, false),
        ] as [(Int32, Bool)])
    func edges(distance: Int32, isInUse: Bool) {
        #expect(Bucket(Self.today + distance).isInUse(asDayAt: noon) == isInUse)
    }

    @Test("the horizon ends after 431 days")
    func horizon() {
        // 2028-01-31, and the last of a leap year's February.
        for (monthEnd, hasEnd) in [(Self.today + 436, 5), (Self.today + 465, 34)] {
            #expect(CivilDate(daysSinceEpoch: Int64(monthEnd) + 1).day == 1)
            #expect(Bucket(monthEnd).isInUse(asDayAt: noon + hasEnd * Self.day))
            #expect(!Bucket(monthEnd).isInUse(asDayAt: noon + (hasEnd - 1) * Self.day))
        }
    }

    @Test("the day changes at midnight UTC")
    func midnight() {
        let midnight = Instant(seconds: Int64(Self.today) * 86_400)
        #expect(Bucket(Self.today - 1).isInUse(asDayAt: midnight))
        #expect(!Bucket(Self.today - 2).isInUse(asDayAt: midnight))
        #expect(Bucket(Self.today - 2).isInUse(asDayAt: Instant(milliseconds: midnight.milliseconds - 1)))
    }

    @Test(
        "a forged number is not in use, however large or small",
        arguments: [0, 1, -1, .max, .min, 999_999_999, 20_778_000, 2_077, .max - 20_778, .min + 20_778] as [Int32])
    func forged(value: Int32) {
        #expect(!Bucket(value).isInUse(asDayAt: noon))
        #expect(!Bucket(value).isInUse(asDayAt: Instant(seconds: 0)) || (-1...1).contains(value))
    }

    @Test("whatever its lifetime, a row's day is in use from its naming until a day after the row's end")
    func named() {
        for life in 0...400 {
            for start in 0..<31 {
                let now = noon + start * Self.day
                let end = now + life * Self.day
                let bucket = Bucket.day(of: end, from: now)
                #expect(bucket.isInUse(asDayAt: now))
                #expect(bucket.isInUse(asDayAt: now + life / 2 * Self.day))
                #expect(bucket.isInUse(asDayAt: end))
                #expect(bucket.isInUse(asDayAt: end + Self.day))
            }
        }
    }

    @Test("no more than 45 days are in use at once, so few statements are planned for one each")
    func few() {
        for start in 0..<400 {
            let days = (Self.today - 100..<Self.today + 1000).filter {
                Bucket($0).isInUse(asDayAt: noon + start * Self.day)
            }
            #expect((40...45).contains(days.count))
        }
    }
}
