/// A setting's text and where it came from.
public struct GivenValue: Sendable, Equatable {
    /// From the strongest to the weakest.
    public enum Source: String, Sendable { case flag, environment, `default` }

    /// Which setting.
    public let setting: Setting
    /// As it was written.
    public let text: String
    /// Who said so.
    public let source: Source

    /// The name it was given by, for messages.
    var name: String { source == .flag ? setting.flag : setting.variable }
}

/// All settings as they were given, before anything is read out of them: flags win over the environment.
public struct GivenSettings: Sendable, Equatable {
    private var values: [Setting: GivenValue] = [:]

    /// Collects the settings.
    ///
    /// Kubernetes puts `MARTLET_SERVICE_…` and `MARTLET_PORT…` beside a Service of this name: these are ignored.
    /// - Throws: `ConfigurationError` for a variable of this prefix that no setting has.
    public init(
        environment: [String: String], flags: [(setting: Setting, text: String)] = []
    ) throws(ConfigurationError) {
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Setting.prefix) {
            if name.hasPrefix("MARTLET_SERVICE_") || name.hasPrefix("MARTLET_PORT") { continue }
            guard let setting = Setting(variable: name) else {
                throw ConfigurationError(
                    "\(name) is not a setting; 'martlet help settings' lists those there are.")
            }
            values[setting] = GivenValue(setting: setting, text: text, source: .environment)
        }
        for (setting, text) in flags { values[setting] = GivenValue(setting: setting, text: text, source: .flag) }
    }

    /// The value of a setting: as given, or its default; nil when it has neither.
    public subscript(setting: Setting) -> GivenValue? {
        values[setting] ?? setting.standard.map { GivenValue(setting: setting, text: $0, source: .default) }
    }
}
