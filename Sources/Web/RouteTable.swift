import HTTP

/// Finds the routes of a path. Paths are compared as they were sent: nothing is decoded, no `.` or `..` is resolved, no
/// slash is dropped, so a path has exactly one spelling (CVE-2026-3872).
struct RouteTable: Sendable {
    /// The routes of one path, by method.
    struct Place: Sendable {
        var routes: [Route]
        var ids: [String] = []

        /// The route of this method; HEAD is served as GET (RFC 9110 §9.3.2).
        func route(for method: Method) -> Route? {
            routes.first { $0.method == (method == .head ? .get : method) }
        }

        /// What the `Allow` of a 405 says (RFC 9110 §10.2.1).
        var allow: String {
            var methods = routes.map(\.method.rawValue)
            if methods.contains("GET") { methods.append("HEAD") }
            methods.append("OPTIONS")
            return methods.joined(separator: ", ")
        }
    }

    private let exact: [String: [Route]]
    /// Patterns with ids in them, by their number of segments.
    private let patterns: [Int: [(segments: [Substring], routes: [Route])]]

    init(_ routes: [Route]) {
        var byPattern: [String: [Route]] = [:]
        for route in routes { byPattern[route.pattern, default: []].append(route) }
        exact = byPattern.filter { !$0.key.contains("{") }
        var patterns: [Int: [(segments: [Substring], routes: [Route])]] = [:]
        for (pattern, routes) in byPattern where pattern.contains("{") {
            let segments = Self.segments(pattern)
            patterns[segments.count, default: []].append((segments, routes))
        }
        self.patterns = patterns
    }

    /// What is at this path; nil when nothing is.
    func place(at path: String) -> Place? {
        if let routes = exact[path] { return Place(routes: routes) }
        guard path.utf8.count <= 512 else { return nil }
        let segments = Self.segments(path)
        for candidate in patterns[segments.count] ?? [] {
            if let ids = Self.ids(in: segments, by: candidate.segments) {
                return Place(routes: candidate.routes, ids: ids)
            }
        }
        return nil
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The segments that stand where the pattern has `{…}`; nil when the path is another one.
    private static func ids(in path: [Substring], by pattern: [Substring]) -> [String]? {
        var ids: [String] = []
        for (segment, expected) in zip(path, pattern) {
            if expected.hasPrefix("{") {
                guard isID(segment) else { return nil }
                ids.append(String(segment))
            } else if segment != expected {
                return nil
            }
        }
        return ids
    }

    /// Unreserved characters (RFC 3986 §2.3) and `:@`, and never `.` or `..`.
    private static func isID(_ segment: Substring) -> Bool {
        !segment.isEmpty && segment != "." && segment != ".."
            && segment.utf8.allSatisfy { Grammar.isUnreserved($0) || ":@".utf8.contains($0) }
    }
}
