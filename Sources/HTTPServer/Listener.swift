internal import EventLoop
internal import Glibc
internal import HTTP

/// Accepts connections and hands each to the loop that has fewest. Belongs to the first loop.
final class Listener {
    /// How many connections one turn accepts, so that those that live are served in between.
    private static let acceptsPerTurn = 64
    /// How long no connection is accepted when there is no descriptor even to refuse one with.
    private static let pause = Duration.milliseconds(100)

    private let socket: ListeningSocket
    private let loop: Loop
    private let shared: ServerShared
    private let seats: [Seat]
    private var watch: Watch?
    /// Held back so that a connection can be accepted and closed when descriptors have run out; otherwise it would
    /// stay in the queue and keep the loop awake.
    private var reserve = Listener.openReserve()

    /// A loop and its connections, where a connection may be placed.
    struct Seat {
        let loop: Loop
        let connections: LoopBound<ServerLoop>
    }

    init(_ socket: ListeningSocket, on loop: Loop, shared: ServerShared, seats: [Seat]) throws(LoopError) {
        self.socket = socket
        self.loop = loop
        self.shared = shared
        self.seats = seats
        watch = try loop.watch(socket.descriptor, for: .read) { [unowned self] _ in acceptSome() }
    }

    /// Takes what the kernel has already accepted on its own, then listens no more.
    func close() {
        guard let watch else { return }
        self.watch = nil
        watch.cancel()
        while acceptOne() {}
        socket.close()
        Glibc.close(reserve)
    }

    private func acceptSome() {
        for _ in 0..<Self.acceptsPerTurn where !acceptOne() { return }
    }

    /// False when there is nothing more to accept now.
    private func acceptOne() -> Bool {
        switch socket.accept() {
        case .none: return false
        case .gone: return true
        case .noDescriptors: return refuseForWantOfDescriptors()
        case .connection(let descriptor, let peer):
            place(descriptor, peer)
            return true
        }
    }

    private func place(_ descriptor: Int32, _ peer: IPAddress) {
        let admission = shared.census.admit(peer, isExempt: shared.configuration.isTrusted(peer))
        guard let number = admission.seat else {
            if let refusal = admission.refusal { shared.observer.connectionRefused(refusal) }
            Glibc.close(descriptor)
            return
        }
        let seat = seats[number]
        seat.loop.post {
            seat.connections.value.adopt(descriptor, peer: peer, refusal: admission.refusal)
        }
    }

    /// The kernel wants a descriptor before it looks whether anybody is waiting at all: only the next answer tells.
    private func refuseForWantOfDescriptors() -> Bool {
        Glibc.close(reserve)
        let next = socket.accept()
        if case .connection(let descriptor, _) = next { Glibc.close(descriptor) }
        reserve = Self.openReserve()
        switch next {
        case .connection, .gone:
            shared.observer.connectionRefused(.noDescriptors)
            return true
        case .none: return false
        case .noDescriptors:
            rest()
            return false
        }
    }

    private func rest() {
        watch?.update([])
        loop.after(Self.pause) { [weak self] in self?.watch?.update(.read) }
    }

    private static func openReserve() -> Int32 {
        open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}
