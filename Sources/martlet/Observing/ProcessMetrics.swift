internal import Assembly
internal import Glibc
internal import Provider
internal import Web

/// What the system knows of the process, by the names that Prometheus' own clients use.
struct ProcessMetrics: Sendable {
    /// Within the first milliseconds of the process.
    private let startedAt = Double(SystemClock.now.milliseconds) / 1000

    var families: [MetricFamily] {
        var families = [
            MetricFamily(
                "process_start_time_seconds", .gauge, help: "When the process began, in seconds since the epoch.",
                [.init(startedAt)])
        ]
        if let bytes = Self.residentBytes {
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, help: "Memory that the process holds.", [.init(bytes)]))
        }
        return families
    }

    /// The second number of `/proc/self/statm`, in pages.
    private static var residentBytes: Double? {
        guard let text = try? SmallFile.read("/proc/self/statm") else { return nil }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = Double(numbers[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
