/// What was learnt of tokens lately, by their hashes: a bounded memory without a clock.
///
/// Two generations: when the young one is full it becomes the old one, and what was in that is forgotten. So it holds at
/// most twice its capacity, whatever comes.
struct RecentEntries<Entry: Sendable>: Sendable {
    private let capacity: Int
    private var young: [[UInt8]: Entry] = [:]
    private var old: [[UInt8]: Entry] = [:]

    /// - Parameter capacity: of one generation.
    init(capacity: Int) { self.capacity = capacity }

    /// The entry of this hash. Setting nil forgets it.
    subscript(hash: [UInt8]) -> Entry? {
        get { young[hash] ?? old[hash] }
        set {
            old[hash] = nil
            if newValue != nil, young[hash] == nil, young.count >= capacity {
                old = young
                young = [:]
            }
            young[hash] = newValue
        }
    }
}
