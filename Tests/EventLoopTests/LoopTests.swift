import EventLoop
import Glibc
import Testing

@Suite("Loop: its thread is the executor")
struct LoopTests {
    /// An async function with a suspension of its own, resumed by a strange thread.
    private func resumedElsewhere(by lane: Lane) async throws -> Bool {
        try await lane.run { Loop.current == nil }
    }

    @Test("a task stays on its loop over awaits, async let, groups, and continuations resumed elsewhere")
    func staysOnTheLoop() async throws {
        let loop = try Loop(name: "test")
        let lane = Lane(name: "lane", threads: 2, capacity: 2)
        let places = try await loop.run {
            var places = [loop.isCurrent]
            await Task.yield()
            places.append(loop.isCurrent)
            let wasElsewhere = try await resumedElsewhere(by: lane)
            places.append(wasElsewhere)
            places.append(loop.isCurrent)
            async let child = loop.isCurrent
            async let slowChild = resumedElsewhere(by: lane)
            places.append(await child)
            places.append(try await slowChild)
            places.append(loop.isCurrent)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        await Task.yield()
                        return loop.isCurrent
                    }
                }
                for await place in group { places.append(place) }
            }
            try await loop.sleep(for: .milliseconds(1))
            places.append(loop.isCurrent && Loop.current === loop)
            return places
        }
        #expect(places.count == 18)
        #expect(!places.contains(false))
        #expect(Loop.current == nil)
        await loop.stop()
    }

    @Test("many tasks of two loops each stay on their own")
    func twoLoops() async throws {
        let group = try LoopGroup(count: 2)
        let lane = Lane(name: "lane", threads: 2, capacity: 2)
        let strays = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for index in 0..<200 {
                let loop = group.loops[index % 2]
                let other = group.loops[(index + 1) % 2]
                tasks.addTask {
                    try await loop.run {
                        var strays = 0
                        for _ in 0..<10 {
                            if try await other.run({ !other.isCurrent }) { strays += 1 }
                            if !loop.isCurrent { strays += 1 }
                            _ = try await lane.run { 0 }
                            if !loop.isCurrent { strays += 1 }
                        }
                        return strays
                    }
                }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(strays == 0)
        await group.stop()
    }

    @Test("a turn runs posted work in order, then the end of the turn")
    func orderOfATurn() async throws {
        let loop = try Loop(name: "test")
        let order = try await loop.run {
            let order = LoopBound(Box<[String]>([]), on: loop)
            loop.atEndOfTurn { order.value.value.append("end") }
            loop.post { order.value.value.append("first") }
            loop.post { order.value.value.append("second") }
            while !order.value.value.contains("end") { await Task.yield() }
            return order.value.value
        }
        #expect(order == ["first", "second", "end"])
        await loop.stop()
    }

    @Test("what is asked for a lull comes behind work that leads to more work, and at once when there is none")
    func lull() async throws {
        let loop = try Loop(name: "test")
        let order = LoopBound(Box<[String]>([]), on: loop)
        await withCheckedContinuation { continuation in
            loop.post {
                loop.atLull {
                    order.value.value.append("lull")
                    loop.atLull {
                        order.value.value.append("idle")
                        continuation.resume()
                    }
                }
                // Each of these is a turn of its own.
                loop.atEndOfTurn {
                    order.value.value.append("first")
                    loop.post { loop.atEndOfTurn { order.value.value.append("second") } }
                }
            }
        }
        #expect(try await loop.run { order.value.value } == ["first", "second", "lull", "idle"])
        await loop.stop()
    }

    @Test("a loop that is never idle does what was asked for a lull all the same")
    func lullOfABusyLoop() async throws {
        let loop = try Loop(name: "test")
        try await loop.run {
            let hasCome = LoopBound(Box(false), on: loop)
            loop.atLull { hasCome.value.value = true }
            while !hasCome.value.value { await Task.yield() }
        }
        await loop.stop()
    }

    @Test("a loop with endless work still serves timers")
    func noStarvation() async throws {
        let loop = try Loop(name: "test")
        let yields = try await loop.run {
            let rang = LoopBound(Box(false), on: loop)
            loop.after(.milliseconds(5)) { rang.value.value = true }
            var yields = 0
            while !rang.value.value {
                await Task.yield()
                yields += 1
            }
            return yields
        }
        #expect(yields > 0)
        await loop.stop()
    }

    @Test("mail from many threads arrives complete and in each sender's order")
    func mail() async throws {
        let loop = try Loop(name: "test")
        let received = LoopBound(Box<[[Int]]>(Array(repeating: [], count: 8)), on: loop)
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    for number in 0..<5000 { loop.post { received.value.value[sender].append(number) } }
                }
            }
        }
        let lists = try await loop.run { received.value.value }
        for list in lists { #expect(list == Array(0..<5000)) }
        await loop.stop()
    }

    @Test("timers fire by deadline, each once, and not when cancelled")
    func timers() async throws {
        let loop = try Loop(name: "test")
        let fired = try await loop.run {
            let fired = Box<[Int]>([])
            var timers: [LoopTimer] = []
            for delay in [9, 3, 7, 1, 8, 2, 6, 4, 5, 0] {
                timers.append(loop.after(.milliseconds(delay * 4)) { fired.value.append(delay) })
            }
            for index in [2, 4] { timers[index].cancel() }
            timers[2].cancel()
            try await loop.sleep(for: .milliseconds(60))
            timers[0].cancel()
            return fired.value
        }
        #expect(fired == [0, 1, 2, 3, 4, 5, 6, 9])
        await loop.stop()
    }

    @Test("a heap of timers, cancelled at random, gives the rest in order")
    func manyTimers() async throws {
        let loop = try Loop(name: "test")
        let (fired, expected) = try await loop.run {
            let fired = Box<[Int]>([])
            var timers: [(delay: Int, timer: LoopTimer)] = []
            for _ in 0..<2000 {
                let delay = Int.random(in: 0..<40)
                timers.append((delay, loop.after(.milliseconds(delay)) { fired.value.append(delay) }))
            }
            timers.shuffle()
            for (_, timer) in timers.prefix(1000) { timer.cancel() }
            try await loop.sleep(for: .milliseconds(80))
            return (fired.value, timers.dropFirst(1000).map(\.delay).sorted())
        }
        #expect(fired.sorted() == expected)
        await loop.stop()
    }

    @Test("cancelling a task ends its sleep at once, before it begins or while it lasts")
    func cancelledSleep() async throws {
        let loop = try Loop(name: "test")
        let asleep = Shared(false)
        let task = Task {
            try await loop.run {
                asleep.update { $0 = true }
                try await loop.sleep(for: .seconds(3600))
            }
        }
        while !asleep.value { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }

        await #expect(throws: CancellationError.self) {
            try await loop.run {
                withUnsafeCurrentTask { $0?.cancel() }
                try await loop.sleep(for: .seconds(3600))
            }
        }
        await loop.stop()
    }

    @Test("stop ends sleeps, lets tasks finish, and refuses what comes later")
    func stopWithPendingWork() async throws {
        let loop = try Loop(name: "test")
        let finished = Shared(0)
        for _ in 0..<10 {
            loop.start {
                try? await loop.sleep(for: .seconds(3600))
                await Task.yield()
                finished.update { $0 += 1 }
            }
        }
        await loop.stop()
        #expect(finished.value == 10)
        await #expect(throws: LoopError.self) { try await loop.run { 1 } }
        loop.post { Issue.record("ran after the end") }
        await loop.stop()
    }

    @Test("stop does not wait for ever for a task that never ends")
    func stopWithStuckTask() async throws {
        let loop = try Loop(name: "test")
        loop.start { while true { await Task.yield() } }
        await loop.stop(waitingAtMost: .milliseconds(50))
    }

    @Test("an error travels through run; cancelling its caller cancels the body")
    func runThrows() async throws {
        struct Planned: Error {}
        let loop = try Loop(name: "test")
        await #expect(throws: Planned.self) { try await loop.run { throw Planned() } }
        await loop.stop()
    }
}
