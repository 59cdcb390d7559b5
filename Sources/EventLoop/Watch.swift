internal import CLinux

/// What a watch waits for.
public struct Interest: OptionSet, Sendable {
    /// The epoll bits.
    public let rawValue: UInt32
    /// From epoll bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, a connection or an end of stream can be read.
    public static let read = Interest(rawValue: EPOLLIN.rawValue)
    /// Bytes can be written.
    public static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// The peer has closed its half, also while nothing is being read. It stays ready: drop the interest when told.
    public static let peerClosed = Interest(rawValue: EPOLLRDHUP.rawValue)
}

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
    /// The epoll bits.
    public let rawValue: UInt32
    /// From epoll bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, a connection or an end of stream can be read.
    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// Bytes can be written.
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer has closed its half.
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Both halves are closed; told without asking.
    public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    /// The socket has an error (`SO_ERROR`); told without asking.
    public static let error = Readiness(rawValue: EPOLLERR.rawValue)
}

/// A descriptor under watch; belongs to its loop's own thread.
public final class Watch {
    /// The descriptor, which the watch does not own.
    public let descriptor: Int32
    /// What is waited for.
    public private(set) var interest: Interest

    /// The key that events carry: a place in the poller's table and how often the place was given away.
    let key: UInt64
    let ready: (Readiness) -> Void
    private weak var poller: Poller?
    private unowned let loop: Loop

    init(
        _ descriptor: Int32, _ interest: Interest, key: UInt64, poller: Poller, loop: Loop,
        ready: @escaping (Readiness) -> Void
    ) {
        self.descriptor = descriptor
        self.interest = interest
        self.key = key
        self.poller = poller
        self.loop = loop
        self.ready = ready
    }

    /// Waits for something else from now on. With an empty interest nothing is told, not even a hang-up.
    public func update(_ interest: Interest) {
        loop.preconditionCurrent()
        guard let poller, interest != self.interest else { return }
        poller.change(self, from: self.interest, to: interest)
        self.interest = interest
    }

    /// Ends the watch: its handler is not called again, not even for events already fetched in this turn.
    /// Harmless when repeated. Call it before closing the descriptor.
    public func cancel() {
        loop.preconditionCurrent()
        poller?.remove(self)
        poller = nil
    }
}
