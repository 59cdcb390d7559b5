import Synchronization

/// A value that tasks and threads share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    @discardableResult
    func update<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        state.withLock { body(&$0) }
    }
}

/// Shared by closures of one loop.
final class Box<Value> {
    var value: Value
    init(_ value: Value) { self.value = value }
}
