extension JSONParser {
    /// A number (RFC 8259 §6): exactly as an integer when it is written as one and 64 bits hold it.
    mutating func parseNumber() throws(JSONError) -> JSON {
        let start = position
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let integerStart = position
        try skipDigits()
        guard bytes[integerStart] != UInt8(ascii: "0") || position == integerStart + 1 else {
            throw error(.badNumber, at: start)
        }
        let integerEnd = position
        if current == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        guard position - start <= 512 else { throw error(.numberOutOfRange, at: start) }
        if position == integerEnd, let value = integer(bytes[integerStart..<integerEnd], isNegative: isNegative) {
            return .integer(value)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw error(.numberOutOfRange, at: start) }
        return .double(value)
    }

    /// One digit at least.
    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw error(position < bytes.count ? .badNumber : .unexpectedEnd) }
    }

    /// Nil when 64 bits do not hold it.
    private func integer(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            let number = Int64(digit - UInt8(ascii: "0"))
            let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) =
                isNegative
                ? product.subtractingReportingOverflow(number) : product.addingReportingOverflow(number)
            if productOverflow || sumOverflow { return nil }
            value = sum
        }
        return value
    }
}
