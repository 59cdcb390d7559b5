/// A moment in milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
public struct Instant: Sendable, Hashable, Comparable {
    /// Milliseconds since the epoch.
    public var milliseconds: Int64

    /// The moment `milliseconds` after the epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The moment `seconds` after the epoch, as in a JWT's NumericDate (RFC 7519 §2).
    public init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    /// Whole seconds since the epoch, rounded down: a JWT's NumericDate.
    public var seconds: Int64 { milliseconds.flooredQuotient(by: 1000) }

    /// Earlier than.
    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
    /// The moment that many seconds later.
    public static func + (moment: Instant, seconds: Int) -> Instant {
        Instant(milliseconds: moment.milliseconds + Int64(seconds) * 1000)
    }
    /// The moment that many seconds earlier.
    public static func - (moment: Instant, seconds: Int) -> Instant { moment + -seconds }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T09:38:00.000Z`.
    public var rfc3339: String {
        let days = milliseconds.flooredQuotient(by: 86_400_000)
        let inDay = milliseconds - days * 86_400_000
        let date = CivilDate(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ number: Int64, digits: Int, then separator: UInt8) {
            var divisor = (1..<digits).reduce(Int64(1)) { product, _ in product * 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
                divisor /= 10
            }
            text.append(separator)
        }
        append(min(max(date.year, 0), 9999), digits: 4, then: UInt8(ascii: "-"))
        append(date.month, digits: 2, then: UInt8(ascii: "-"))
        append(date.day, digits: 2, then: UInt8(ascii: "T"))
        append(inDay / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
        append(inDay / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
        append(inDay / 1000 % 60, digits: 2, then: UInt8(ascii: "."))
        append(inDay % 1000, digits: 3, then: UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// A day of the proleptic Gregorian calendar, by Howard Hinnant's published algorithms.
struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysInMonth: Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity, so that moments before 1970 fall into the right unit.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Instant {
    /// A time as RFC 3339 §5.6 writes it, with any offset and any fraction (cut to milliseconds); nil for anything else.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, [0x54, 0x74].contains(bytes[10]),
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = Self.number(bytes[0..<4]),
            let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]),
            let second = Self.number(bytes[17..<19]), hour < 24, minute < 60, second <= 60,
            let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        else { return nil }
        var rest = bytes[19...]
        var milliseconds: Int64 = 0
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix(while: ASCII.isDigit)
            guard !digits.isEmpty, digits.count <= 9 else { return nil }
            let padded = Array(digits.prefix(3)) + Array(repeating: 0x30, count: max(0, 3 - digits.count))
            milliseconds = Self.number(padded[...]) ?? 0
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Self.offsetMinutes(rest) else { return nil }
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        self.init(milliseconds: seconds * 1000 + milliseconds)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy(ASCII.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// `Z`, or `+hh:mm`, or `-hh:mm`.
    private static func offsetMinutes(_ text: ArraySlice<UInt8>) -> Int64? {
        let zone = Array(text)
        if zone == [0x5A] || zone == [0x7A] { return 0 }
        guard zone.count == 6, zone[0] == 0x2B || zone[0] == 0x2D, zone[3] == 0x3A,
            let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]), hours < 24, minutes < 60
        else { return nil }
        return (zone[0] == 0x2B ? 1 : -1) * (hours * 60 + minutes)
    }
}

extension CivilDate {
    /// The inverse of ``init(daysSinceEpoch:)``; nil for a day that the calendar does not have.
    static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let date = CivilDate(daysSinceEpoch: days)
        return date.year == year && date.month == month && date.day == day ? days : nil
    }
}
