internal import EventLoop

/// What waits for a link.
protocol Waiting: AnyObject {
    var deadline: ContinuousClock.Instant { get }
    /// It will not be served.
    func refuse(_ error: DatabaseError)
}

/// A bounded line before the links of one kind: nobody waits longer than its deadline. Belongs to its loop.
final class WaitingList<Element: Waiting> {
    private let loop: Loop
    private let limit: Int
    private let reasonOfDelay: () -> DatabaseError
    private var elements: [Element] = []
    private var timer: LoopTimer?

    /// - Parameter reasonOfDelay: what someone is told whose time is up: no link, or too few.
    init(on loop: Loop, limit: Int, reasonOfDelay: @escaping () -> DatabaseError) {
        self.loop = loop
        self.limit = limit
        self.reasonOfDelay = reasonOfDelay
    }

    var isEmpty: Bool { elements.isEmpty }
    var count: Int { elements.count }
    var first: Element? { elements.first }

    /// - Returns: false when the line is full; the newcomer has been told.
    func append(_ element: Element) -> Bool {
        guard elements.count < limit else {
            element.refuse(.overloaded)
            return false
        }
        elements.append(element)
        keepTime()
        return true
    }

    /// Puts back what was near its turn, or tells it that its time is up.
    func prepend(_ element: Element) {
        guard element.deadline > loop.now else { return element.refuse(reasonOfDelay()) }
        elements.insert(element, at: 0)
        keepTime()
    }

    func removeFirst() -> Element? {
        elements.isEmpty ? nil : elements.removeFirst()
    }

    /// - Returns: whether it was still waiting.
    func remove(_ element: Element) -> Bool {
        guard let index = elements.firstIndex(where: { $0 === element }) else { return false }
        elements.remove(at: index)
        return true
    }

    /// Takes, in order, what `isWanted` accepts.
    func take(where isWanted: (Element) -> Bool) -> [Element] {
        var taken: [Element] = []
        elements.removeAll { element in
            guard isWanted(element) else { return false }
            taken.append(element)
            return true
        }
        return taken
    }

    func refuseAll(_ error: DatabaseError) {
        for element in take(where: { _ in true }) { element.refuse(error) }
    }

    private func keepTime() {
        guard timer == nil, let deadline = elements.first?.deadline else { return }
        timer = loop.after(loop.now.duration(to: deadline)) { [self] in
            timer = nil
            for element in take(where: { $0.deadline <= loop.now }) { element.refuse(reasonOfDelay()) }
            keepTime()
        }
    }
}
