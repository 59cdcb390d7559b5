/// The first so many of any number of elements by an order. It keeps at most twice as many as are asked for, so that a page
/// of a long list costs one look at each element and no sorting of all.
struct FirstInOrder<Element> {
    private let count: Int
    private let areInOrder: (Element, Element) -> Bool
    private var candidates: [Element] = []
    /// The last of so many that were seen: what does not come before it is not among the first.
    private var last: Element?

    /// - Parameter areInOrder: whether the former comes before the latter.
    init(_ count: Int, by areInOrder: @escaping (Element, Element) -> Bool) {
        self.count = max(1, count)
        self.areInOrder = areInOrder
    }

    /// Takes an element into account.
    mutating func consider(_ element: Element) {
        if let last, !areInOrder(element, last) { return }
        candidates.append(element)
        guard candidates.count == 2 * count else { return }
        candidates = elements
        last = candidates.last
    }

    /// The first ones among all that were considered, in order.
    var elements: [Element] { Array(candidates.sorted(by: areInOrder).prefix(count)) }
}
