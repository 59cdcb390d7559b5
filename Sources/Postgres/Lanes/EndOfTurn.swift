internal import EventLoop

/// Does something once at the end of a turn, however often it was asked for in that turn. Belongs to its loop.
final class EndOfTurn {
    /// What is done.
    var body: () -> Void = {}
    private let loop: Loop
    private var isPlanned = false

    init(on loop: Loop) {
        self.loop = loop
    }

    func plan() {
        guard !isPlanned else { return }
        isPlanned = true
        loop.atEndOfTurn { [self] in
            isPlanned = false
            body()
        }
    }
}
