import Testing

@testable import Web

@Suite("The first of many")
struct FirstInOrderTests {
    @Test("the first so many are those that sorting all of them puts there, in whatever order they come")
    func selection() {
        var random = SystemRandomNumberGenerator()
        for count in [1, 2, 3, 7, 50] {
            for size in [0, 1, 2, 3, 6, 7, 8, 99, 1000] {
                let numbers = Array(0..<size)
                for order in [numbers, numbers.reversed(), numbers.shuffled(using: &random)] {
                    var first = FirstInOrder<Int>(count, by: <)
                    for number in order { first.consider(number) }
                    #expect(first.elements == Array(numbers.prefix(count)), "\(count) of \(order)")
                }
            }
        }
    }
}
