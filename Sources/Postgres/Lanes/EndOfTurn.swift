internal import EventLoop

/// Does something once at the end of a turn, or of the turns of a busy loop, however often it was asked for. Belongs to
/// its loop.
final class EndOfTurn {
    /// What is done.
    var body: () -> Void = {}
    private let loop: Loop
    private let waitsForLull: Bool
    private var isPlanned = false

    /// - Parameter waitsForLull: whether a busy loop may do first what else there is.
    init(on loop: Loop, waitingForLull waitsForLull: Bool = false) {
        self.loop = loop
        self.waitsForLull = waitsForLull
    }

    func plan() {
        guard !isPlanned else { return }
        isPlanned = true
        let flush = { [self] in
            isPlanned = false
            body()
        }
        if waitsForLull { loop.atLull(flush) } else { loop.atEndOfTurn(flush) }
    }
}
