import EventLoop
import Glibc
import Testing

@Suite("Lane: bounded threads for slow work")
struct LaneTests {
    /// Work that stands still until told to go on.
    private final class Latch: Sendable {
        private let isOpen = Shared(false)
        func open() { isOpen.update { $0 = true } }
        func block() { while !isOpen.value { sched_yield() } }
    }

    @Test("weights at work never exceed the capacity, nor pieces the threads")
    func admission() async throws {
        let lane = Lane(name: "lane", threads: 3, capacity: 10)
        let load = Shared((pieces: 0, weight: 0, most: (pieces: 0, weight: 0)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                let weight = [1, 4, 6, 9, 25][index % 5]
                group.addTask {
                    try await lane.run(weight: weight) {
                        load.update { load in
                            load.pieces += 1
                            load.weight += min(weight, 10)
                            load.most.pieces = max(load.most.pieces, load.pieces)
                            load.most.weight = max(load.most.weight, load.weight)
                        }
                        for _ in 0..<1000 { _ = ContinuousClock.now }
                        load.update { load in
                            load.pieces -= 1
                            load.weight -= min(weight, 10)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let most = load.value.most
        #expect(most.weight <= 10)
        #expect((1...3).contains(most.pieces))
    }

    @Test("who cannot begin in time is told that the lane is full, while every thread is busy")
    func full() async throws {
        let lane = Lane(name: "lane", threads: 1, capacity: 1)
        let latch = Latch()
        let busy = Task { try await lane.run { latch.block() } }
        let started = Task { try await lane.run(waitingAtMost: .milliseconds(10)) { 1 } }
        await #expect(throws: LaneError.full) { try await started.value }
        latch.open()
        try await busy.value
        #expect(try await lane.run { 2 } == 2)
    }

    @Test("one more than may wait is refused at once")
    func tooManyWaiting() async throws {
        let lane = Lane(name: "lane", threads: 1, capacity: 1, waiting: 2)
        let latch = Latch()
        let begun = Shared(false)
        let refused = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await lane.run {
                    begun.update { $0 = true }
                    latch.block()
                }
            }
            while !begun.value { await Task.yield() }
            for _ in 0..<9 {
                group.addTask {
                    do {
                        try await lane.run { latch.block() }
                    } catch {
                        let count = refused.update {
                            $0 += 1
                            return $0
                        }
                        if count == 7 { latch.open() }
                    }
                }
            }
        }
        #expect(refused.value == 7)
    }

    @Test("cancelling withdraws what has not begun and leaves the rest alone")
    func cancellation() async throws {
        let lane = Lane(name: "lane", threads: 1, capacity: 1)
        let latch = Latch()
        let begun = Shared(false)
        let working = Task {
            try await lane.run {
                begun.update { $0 = true }
                latch.block()
                return 7
            }
        }
        while !begun.value { await Task.yield() }
        let waiting = Task { try await lane.run { Issue.record("began although cancelled") } }
        waiting.cancel()
        working.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        latch.open()
        #expect(try await working.value == 7)
    }

    @Test("a heavy piece is not overtaken for ever by light ones")
    func fairness() async throws {
        let lane = Lane(name: "lane", threads: 4, capacity: 4)
        let heavyDone = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { while !heavyDone.value { try await lane.run {} } }
            }
            group.addTask {
                try await lane.run(weight: 4) { heavyDone.update { $0 = true } }
            }
            try await group.waitForAll()
        }
        #expect(heavyDone.value)
    }

    @Test("niceness is the lane's own and errors reach the caller")
    func nicenessAndErrors() async throws {
        struct Planned: Error {}
        let lane = Lane(name: "lane", threads: 1, niceness: 10, capacity: 1)
        await #expect(throws: Planned.self) { try await lane.run { throw Planned() } }
        #expect(try await lane.run { Niceness.ofThisThread() } == 10)
    }
}
