/// How Swift's concurrency meets the loop.
extension Loop {
    /// Takes a job of the runtime: without a lock from the loop's own thread, by mail from any other.
    public func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// The loop as the executor of actors confined to it.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// The loop as the preferred executor of its tasks.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Asked by the runtime (`assumeIsolated`, `preconditionIsolated`).
    public func checkIsolated() {
        preconditionCurrent()
    }

    /// The same question without the trap.
    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }
}
