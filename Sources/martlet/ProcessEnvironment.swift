internal import CLinux

/// The environment that the process was started with.
enum ProcessEnvironment {
    /// Every variable by its name.
    static var all: [String: String] {
        var all: [String: String] = [:]
        guard var entry = linux_environment() else { return all }
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return all
    }
}
