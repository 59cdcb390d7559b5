/// Makes the `X-Request-Id`s of one loop: 64 random bits drawn once, then a count. Unique without a lock and without
/// asking the kernel a request; a client's own id is never taken over.
struct RequestIDs {
    private let prefix: String
    private var count: UInt64 = 0

    init() {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        prefix = String(repeating: "0", count: 16 - digits.utf8.count) + digits + "-"
    }

    mutating func next() -> String {
        count += 1
        return prefix + String(count, radix: 16)
    }
}
