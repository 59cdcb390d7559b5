public import EventLoop
public import Provider

/// Hands events to a sink, the server's log, as they become visible in the outbox.
///
/// Its cursor lives in memory and begins at the end of the outbox: the log tells what happens while this server runs,
/// whoever caused it, and each of several servers tells all of it. Who must not miss an event pulls with a cursor of
/// their own or registers a webhook; both are told at least once.
public struct EventLog: Sendable {
    private let loop: Loop
    private let bell: Bell
    private let store: any EventStore
    private let pollInterval: Duration
    private let sink: @Sendable (StoredEvent) -> Void
    private let failed: @Sendable (OAuthError) -> Void

    /// How many events are read at once.
    private static let pageSize = 200

    /// - Parameters:
    ///   - loop: where it works.
    ///   - pollInterval: how long an event may wait at most before it is looked for.
    ///   - failed: told when the store does not answer; the worker goes on by itself. On the loop.
    ///   - sink: called on the loop, once for each event, in their order.
    public init(
        on loop: Loop, store: any EventStore, pollInterval: Duration = .seconds(1),
        failed: @escaping @Sendable (OAuthError) -> Void = { _ in }, sink: @escaping @Sendable (StoredEvent) -> Void
    ) {
        self.loop = loop
        self.store = store
        self.pollInterval = pollInterval
        self.sink = sink
        self.failed = failed
        bell = Bell(on: loop)
    }

    /// Begins to follow, after `cursor` or else after what has happened so far; until the task is cancelled or the loop
    /// ends. Called once.
    @discardableResult
    public func start(after cursor: String? = nil) -> Task<Void, Never> {
        loop.start { await follow(after: cursor) }
    }

    /// Says that this server has just written events. From any thread.
    public func poke() {
        bell.ring()
    }

    private func follow(after start: String?) async {
        var cursor = start
        while !Task.isCancelled {
            var hasMore = false
            do throws(OAuthError) {
                if let place = cursor {
                    let page = try await store.events(after: place, types: [], limit: Self.pageSize)
                    for event in page.items { sink(event) }
                    cursor = page.items.last?.cursor ?? place
                    hasMore = page.nextCursor != nil
                } else {
                    cursor = try await store.endOfEvents()
                    hasMore = true
                }
            } catch {
                failed(error)
            }
            if !hasMore { await bell.wait(atMost: pollInterval) }
        }
    }
}
