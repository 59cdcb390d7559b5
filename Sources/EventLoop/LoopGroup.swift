internal import Glibc

/// One loop per core.
public struct LoopGroup: Sendable {
    /// The loops, at least one. A service that has one listener keeps it on the first.
    public let loops: [Loop]

    /// Starts the loops.
    /// - Parameter count: how many; nil for one per core online.
    /// - Throws: `LoopError.system` when the process is out of descriptors or threads.
    public init(name: String = "loop", count: Int? = nil) throws(LoopError) {
        var loops: [Loop] = []
        for number in 1...max(1, count ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
            loops.append(try Loop(name: "\(name)-\(number)"))
        }
        self.loops = loops
    }

    /// The loop that everything of which there is one belongs to.
    public var first: Loop { loops[0] }

    /// Stops all loops, one after the other.
    public func stop(waitingAtMost patience: Duration = .seconds(5)) async {
        for loop in loops { await loop.stop(waitingAtMost: patience) }
    }
}
