/// A value that belongs to one loop, carried by handles that anyone may hold.
///
/// `@unchecked Sendable`: the value is reached on its loop's thread only, which every access checks.
public struct LoopBound<Value>: @unchecked Sendable {
    private let loop: Loop
    private let bound: Value

    /// Binds a value to a loop; from any thread that no longer touches the value itself.
    public init(_ value: Value, on loop: Loop) {
        self.loop = loop
        bound = value
    }

    /// The value. Off its loop the process stops: a mistake of the program.
    public var value: Value {
        loop.preconditionCurrent()
        return bound
    }
}
