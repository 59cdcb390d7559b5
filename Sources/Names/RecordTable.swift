/// A sorted table of records of one width in hexadecimal digits, searched in place: a literal of the executable that
/// costs neither memory nor time until it is asked.
struct RecordTable {
    private let text: StaticString
    private let width: Int

    /// - Parameter width: digits in each record.
    init(_ text: StaticString, width: Int) {
        self.text = text
        self.width = width
    }

    var count: Int { text.utf8CodeUnitCount / width }

    /// The number that `digits` digits after the first `offset` ones of a record say.
    func number(in record: Int, at offset: Int, digits: Int) -> UInt32 {
        text.withUTF8Buffer { Self.number($0, from: record * width + offset, digits: digits) }
    }

    /// The byte after the first `offset` digits of a record.
    func byte(in record: Int, at offset: Int) -> UInt8 {
        text.withUTF8Buffer { $0[record * width + offset] }
    }

    /// The last record whose first `digits` digits say no more than `key`.
    func lastRecord(upTo key: UInt64, digits: Int = 5) -> Int? {
        text.withUTF8Buffer { bytes in
            var low = 0
            var high = bytes.count / width
            while low < high {
                let middle = (low + high) / 2
                let found: UInt64 = Self.number(bytes, from: middle * width, digits: digits)
                if found <= key { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : low - 1
        }
    }

    /// The record whose range, given by its first two numbers of five digits, contains `key`.
    func record(around key: UInt32) -> Int? {
        guard let record = lastRecord(upTo: UInt64(key)), number(in: record, at: 5, digits: 5) >= key else {
            return nil
        }
        return record
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, digits: Int
    ) -> Number {
        var number: Number = 0
        for index in start..<start + digits {
            let byte = bytes[index]
            number = number << 4 | Number(truncatingIfNeeded: byte > 0x39 ? byte &- 0x57 : byte &- 0x30)
        }
        return number
    }
}

/// A table of characters and the sequences they become: character 5 digits, offset in the pool 4, count 2.
struct SequenceTable {
    private let records: RecordTable
    private static let pool = RecordTable(NameTables.sequences, width: 5)

    init(_ text: StaticString) {
        records = RecordTable(text, width: 11)
    }

    /// What `scalar` becomes; nil when it stays itself.
    subscript(_ scalar: UInt32) -> [UInt32]? {
        guard let record = records.lastRecord(upTo: UInt64(scalar)),
            records.number(in: record, at: 0, digits: 5) == scalar
        else { return nil }
        let offset = Int(records.number(in: record, at: 5, digits: 4))
        let count = Int(records.number(in: record, at: 9, digits: 2))
        return (offset..<offset + count).map { Self.pool.number(in: $0, at: 0, digits: 5) }
    }
}
