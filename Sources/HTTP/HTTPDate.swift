/// A moment as HTTP writes it: `IMF-fixdate` (RFC 9110 §5.6.7), to the second, in GMT, for the years 1 to 9999.
public struct HTTPDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted; clamped to the years 1 to 9999.
    public let secondsSince1970: Int64

    /// The moment `secondsSince1970`, clamped to the years that four digits can name.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = min(max(secondsSince1970, -62_135_596_800), 253_402_300_799)
    }

    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the 29 bytes of the date.
    func write(into output: inout [UInt8]) {
        let days = Int(secondsSince1970.floorDivided(by: 86_400))
        let second = Int(secondsSince1970 - Int64(days) * 86_400)
        let (year, month, day) = Self.civil(days)
        output.append(Self.weekday((days + 4).floorRemainder(7)))  // 1970-01-01 was a Thursday
        output.appendDecimal(day, digits: 2)
        output.append(Self.monthName(month))
        output.appendDecimal(year, digits: 4)
        output.append(" ")
        output.appendDecimal(second / 3600, digits: 2)
        output.append(":")
        output.appendDecimal(second / 60 % 60, digits: 2)
        output.append(":")
        output.appendDecimal(second % 60, digits: 2)
        output.append(" GMT")
    }

    /// Year, month and day of the proleptic Gregorian calendar, counted in eras of 400 years that begin on 1 March.
    private static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468  // days since 0000-03-01
        let era = Int(Int64(shifted).floorDivided(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func weekday(_ index: Int) -> StaticString {
        switch index {
        case 0: "Sun, "
        case 1: "Mon, "
        case 2: "Tue, "
        case 3: "Wed, "
        case 4: "Thu, "
        case 5: "Fri, "
        default: "Sat, "
        }
    }

    private static func monthName(_ month: Int) -> StaticString {
        switch month {
        case 1: " Jan "
        case 2: " Feb "
        case 3: " Mar "
        case 4: " Apr "
        case 5: " May "
        case 6: " Jun "
        case 7: " Jul "
        case 8: " Aug "
        case 9: " Sep "
        case 10: " Oct "
        case 11: " Nov "
        default: " Dec "
        }
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Int {
    fileprivate func floorRemainder(_ divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

extension [UInt8] {
    /// Appends a non-negative number in decimal, with leading zeros up to `digits`.
    mutating func appendDecimal(_ number: Int, digits: Int = 1) {
        let start = count
        var rest = number
        repeat {
            append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0 || count - start < digits
        var (low, high) = (start, count - 1)
        while low < high {
            swapAt(low, high)
            low += 1
            high -= 1
        }
    }
}
