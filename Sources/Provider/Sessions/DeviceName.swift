/// What a browser says it is (`User-Agent`, RFC 9110 §10.1.5), in the words that people have for it: «Firefox on Linux».
/// Anybody can send any text there, so nothing is decided by it.
public struct DeviceName: Sendable, Equatable {
    /// The browser or program; nil when nothing is recognised.
    public let program: String?
    /// The system it runs on; nil when nothing is recognised.
    public let system: String?

    /// What this field tells.
    public init(userAgent: String) {
        func first(in table: [(mark: String, name: String)]) -> String? {
            table.first { userAgent.contains($0.mark) }?.name
        }
        program = first(in: Self.programs)
        system = first(in: Self.systems)
    }

    /// In English.
    public var english: String { "\(program ?? "a browser")\(system.map { " on \($0)" } ?? "")" }

    /// Browsers name those that they descend from, so the younger ones stand before the older.
    private static let programs: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex Browser"), ("DuckDuckGo/", "DuckDuckGo"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"),
        ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
        ("python-requests/", "Python"), ("Wget/", "Wget"),
    ]

    /// Android says that it is Linux, an iPhone that it is like a Mac.
    private static let systems: [(mark: String, name: String)] = [
        ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
        ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Mac OS X", "macOS"), ("FreeBSD", "FreeBSD"),
        ("OpenBSD", "OpenBSD"), ("Linux", "Linux"),
    ]
}
