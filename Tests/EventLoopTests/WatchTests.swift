import EventLoop
import Glibc
import Testing

@Suite("Watches: level-triggered, safe to cancel")
struct WatchTests {
    private func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    private func send(_ descriptor: Int32) { _ = write(descriptor, "x", 1) }

    @Test("a ready descriptor is told of in every turn until it is read")
    func levelTriggered() async throws {
        let loop = try Loop(name: "test")
        let (reader, writer) = try pipe()
        let calls = try await loop.run {
            let calls = Box(0)
            let watch = try loop.watch(reader, for: .read) { readiness in
                calls.value += 1
                #expect(readiness == .readable)
            }
            send(writer)
            while calls.value < 3 { await Task.yield() }
            watch.update([])
            let before = calls.value
            try await loop.sleep(for: .milliseconds(5))
            #expect(calls.value == before)
            watch.update(.read)
            while calls.value == before { await Task.yield() }
            watch.cancel()
            watch.cancel()
            return calls.value
        }
        #expect(calls > 3)
        close(reader)
        close(writer)
        await loop.stop()
    }

    @Test("a watch cancelled by another handler of the same batch is not told, nor a new one on its descriptor")
    func cancelledInTheSameBatch() async throws {
        let loop = try Loop(name: "test")
        try await loop.run {
            var watches: [Watch] = []
            let told = Box(0)
            let strangers = Box(0)
            var pipes: [(read: Int32, write: Int32)] = []
            for _ in 0..<10 { pipes.append(try pipe()) }
            let all = Box<[Watch]>([])
            for (reader, _) in pipes {
                watches.append(
                    try loop.watch(reader, for: .read) { _ in
                        told.value += 1
                        for watch in all.value {
                            watch.cancel()
                            close(watch.descriptor)
                        }
                        // The numbers just closed are given away again at once.
                        for _ in 0..<5 {
                            guard let (newReader, _) = try? pipe() else { continue }
                            _ = try? loop.watch(newReader, for: .read) { _ in strangers.value += 1 }
                        }
                    })
            }
            all.value = watches
            for (_, writer) in pipes { send(writer) }
            try await loop.sleep(for: .milliseconds(20))
            #expect(told.value == 1)
            #expect(strangers.value == 0)
        }
        await loop.stop()
    }

    @Test("a hang-up is told of, and not while nothing is wanted")
    func hangUp() async throws {
        let loop = try Loop(name: "test")
        let (reader, writer) = try pipe()
        try await loop.run {
            let seen = Box<[Readiness]>([])
            let watch = try loop.watch(reader, for: .peerClosed) { seen.value.append($0) }
            watch.update([])
            close(writer)
            try await loop.sleep(for: .milliseconds(5))
            #expect(seen.value.isEmpty)
            watch.update(.peerClosed)
            while seen.value.isEmpty { await Task.yield() }
            #expect(seen.value[0].contains(.peerClosed))
            #expect(seen.value[0].contains(.hangUp))
            watch.cancel()
        }
        close(reader)
        await loop.stop()
    }

    @Test("a descriptor watched twice and a closed one are refused")
    func refusals() async throws {
        let loop = try Loop(name: "test")
        let (reader, writer) = try pipe()
        await #expect(throws: LoopError.self) {
            try await loop.run {
                _ = try loop.watch(reader, for: .read) { _ in }
                _ = try loop.watch(reader, for: .read) { _ in }
            }
        }
        await #expect(throws: LoopError.self) {
            try await loop.run { _ = try loop.watch(-1, for: .read) { _ in } }
        }
        await loop.stop()
        close(reader)
        close(writer)
    }

    @Test("a signal of the process becomes an event of the loop")
    func signals() async throws {
        let loop = try Loop(name: "test")
        let got = LoopBound(Box<[Int32]>([]), on: loop)
        Signals.ignoreBrokenPipes()
        try await Signals.deliver([SIGUSR1, SIGUSR2], on: loop) { got.value.value.append($0) }
        kill(getpid(), SIGUSR1)
        kill(getpid(), SIGUSR2)
        let numbers = try await loop.run {
            while got.value.value.count < 2 { try await loop.sleep(for: .milliseconds(1)) }
            return got.value.value
        }
        #expect(numbers.sorted() == [SIGUSR1, SIGUSR2].sorted())
        await loop.stop()
    }
}
