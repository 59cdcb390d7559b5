internal import EventLoop

/// Notices that a server has been silent for too long with something in flight: a frozen machine, a cut cable.
/// Belongs to its loop.
final class Watchdog {
    /// How long it may be silent.
    var limit: Duration
    /// Called once the limit is passed.
    var onSilence: () -> Void = {}
    private let loop: Loop
    private var heardAt: ContinuousClock.Instant?
    private var timer: LoopTimer?

    init(on loop: Loop, limit: Duration) {
        self.loop = loop
        self.limit = limit
    }

    /// Something was sent.
    func expectAnswer() {
        if heardAt == nil { heardAt = loop.now }
        keepTime()
    }

    /// An answer came; more may be owed.
    func heardAnswer() {
        if heardAt != nil { heardAt = loop.now }
    }

    /// Nothing is owed. The timer runs on, so that a busy link does not set one for each statement.
    func rest() {
        heardAt = nil
    }

    func stop() {
        heardAt = nil
        timer?.cancel()
        timer = nil
    }

    private func keepTime() {
        guard timer == nil, let heardAt else { return }
        let remaining = loop.now.duration(to: heardAt + limit)
        guard remaining > .zero else { return onSilence() }
        timer = loop.after(remaining) { [weak self] in
            self?.timer = nil
            self?.keepTime()
        }
    }
}
