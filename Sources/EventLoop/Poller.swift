internal import CLinux
internal import Glibc

/// The loop's epoll instance, its wake-up descriptor and the table of watches. Only on the loop's own thread.
///
/// An event carries a key, not a pointer: the place in the table and the generation of that place. A watch cancelled
/// by an earlier handler of the same batch is therefore not found any more, and a new one at its place, or on a
/// descriptor of the same number, is not mistaken for it.
final class Poller {
    private struct Slot {
        var generation: UInt32 = 0
        var watch: Watch?
    }

    private static let eventsPerTurn = 256
    /// No slot has this number.
    private static let wakeUpKey = UInt64.max

    let wakeUp: Int32
    private let epoll: Int32
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var eventCount = 0

    init() throws(LoopError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            let reason = errno
            close(epoll)
            throw .system(call: "eventfd", errno: reason)
        }
        events = .allocate(capacity: Self.eventsPerTurn)
        try control(EPOLL_CTL_ADD, wakeUp, .read, key: Self.wakeUpKey)
    }

    deinit {
        close(wakeUp)
        close(epoll)
        events.deallocate()
    }

    // MARK: Watches

    func add(
        _ descriptor: Int32, _ interest: Interest, on loop: Loop, _ ready: @escaping (Readiness) -> Void
    ) throws(LoopError) -> Watch {
        let place = free.popLast() ?? UInt32(slots.count)
        if place == slots.count { slots.append(Slot()) }
        let key = UInt64(slots[Int(place)].generation) << 32 | UInt64(place)
        if !interest.isEmpty {
            do {
                try control(EPOLL_CTL_ADD, descriptor, interest, key: key)
            } catch {
                free.append(place)
                throw error
            }
        }
        let watch = Watch(descriptor, interest, key: key, poller: self, loop: loop, ready: ready)
        slots[Int(place)].watch = watch
        return watch
    }

    /// epoll tells of hang-ups unasked; a watch that wants nothing is therefore taken out, or the loop would spin.
    /// A refusal means that the descriptor was closed too early: there is nothing left to be told.
    func change(_ watch: Watch, from old: Interest, to new: Interest) {
        let operation = old.isEmpty ? EPOLL_CTL_ADD : new.isEmpty ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        try? control(operation, watch.descriptor, new, key: watch.key)
    }

    func remove(_ watch: Watch) {
        let place = UInt32(truncatingIfNeeded: watch.key)
        guard slots[Int(place)].watch === watch else { return }
        if !watch.interest.isEmpty { try? control(EPOLL_CTL_DEL, watch.descriptor, [], key: watch.key) }
        slots[Int(place)].watch = nil
        slots[Int(place)].generation &+= 1
        free.append(place)
    }

    func cancelAll() {
        for watch in slots.compactMap(\.watch) { watch.cancel() }
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ interest: Interest, key: UInt64
    ) throws(LoopError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: key))
        guard epoll_ctl(epoll, operation, descriptor, &event) == 0 else {
            throw .system(call: "epoll_ctl", errno: errno)
        }
    }

    // MARK: Events

    /// Waits for events; for ever with nil. Rounded up to the millisecond, so that no timer makes the loop spin.
    func wait(for patience: Duration?) {
        let count = epoll_wait(epoll, events.baseAddress, Int32(Self.eventsPerTurn), Self.milliseconds(patience))
        // EINTR is a turn without events.
        eventCount = max(0, Int(count))
    }

    private static func milliseconds(_ patience: Duration?) -> Int32 {
        guard let patience else { return -1 }
        let (seconds, attoseconds) = patience.components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Whether `wait` has found anything.
    var hasEvents: Bool { eventCount > 0 }

    /// Calls the handlers of what `wait` has found.
    func dispatch() {
        for index in 0..<eventCount {
            let event = events[index]
            guard event.data.u64 != Self.wakeUpKey else {
                var count = eventfd_t()
                eventfd_read(wakeUp, &count)
                continue
            }
            let slot = slots[Int(UInt32(truncatingIfNeeded: event.data.u64))]
            guard let watch = slot.watch, watch.key == event.data.u64 else { continue }
            watch.ready(Readiness(rawValue: event.events))
        }
        eventCount = 0
    }
}
