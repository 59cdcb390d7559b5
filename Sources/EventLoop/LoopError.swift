/// Why the loop could not do what was asked.
public enum LoopError: Error, Sendable {
    /// The kernel refused: the system call and its `errno`.
    case system(call: String, errno: Int32)
    /// The loop has been stopped and takes no more work.
    case stopped
}
