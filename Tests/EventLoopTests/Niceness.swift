import Glibc

/// `getpriority` of the calling thread: 0 names the caller.
enum Niceness {
    static func ofThisThread() -> Int32 {
        getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    }
}
