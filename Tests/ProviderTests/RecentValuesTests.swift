import Provider
import Testing

@Suite("RecentValues: a bounded memory without a clock")
struct RecentValuesTests {
    private func held(_ values: RecentValues<Int, Int>, _ keys: Range<Int>) -> [Int] {
        keys.filter { values.value(of: $0) != nil }
    }

    @Test("it holds at most twice its capacity, the latest of all")
    func bound() {
        for capacity in [1, 2, 10, 32] {
            // Looking moves what is found, so each is looked for in a memory of its own with the same history.
            let found = (0..<200).filter { wanted in
                let values = RecentValues<Int, Int>(capacity: capacity)
                for key in 0..<200 { values.keep(key * 2, of: key) }
                return values.value(of: wanted) == wanted * 2
            }
            #expect((capacity...2 * capacity).contains(found.count))
            #expect(found == Array((200 - found.count)..<200))
        }
    }

    @Test("what is in use stays, however much comes and goes beside it")
    func inUse() {
        let values = RecentValues<Int, String>(capacity: 8)
        values.keep("kept", of: -1)
        values.keep("forgotten", of: -2)
        for key in 0..<1000 {
            values.keep("passing", of: key)
            if key % 7 == 0 { #expect(values.value(of: -1) == "kept") }
        }
        #expect(values.value(of: -2) == nil)
    }

    @Test("a value that is kept anew takes the earlier one's place, for good")
    func replacing() {
        for distance in 0..<20 {
            let values = RecentValues<Int, String>(capacity: 4)
            values.keep("old", of: -1)
            for key in 0..<distance { values.keep("", of: key) }
            values.keep("new", of: -1)
            for key in 100..<120 {
                #expect(values.value(of: -1) != "old")
                values.keep("", of: key)
            }
        }
    }

    @Test("keeping one value again and again drives out no other")
    func repeated() {
        let values = RecentValues<Int, Int>(capacity: 4)
        for key in 0..<4 { values.keep(key, of: key) }
        for round in 0..<100 { values.keep(round, of: 0) }
        #expect(values.value(of: 0) == 99)
        #expect(held(values, 0..<4) == [0, 1, 2, 3])
    }

    @Test("it is shared by many at once")
    func shared() async {
        let values = RecentValues<Int, Int>(capacity: 16)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<2000 {
                        let key = (task + round) % 40
                        if let value = values.value(of: key) { #expect(value == key * key) }
                        values.keep(key * key, of: key)
                    }
                }
            }
        }
    }
}
