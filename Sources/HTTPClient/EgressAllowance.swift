internal import HTTP

/// The exceptions that an operator makes from «https and public addresses only».
public struct EgressAllowance: Sendable, Equatable {
    /// An entry that is neither a host name nor an address range.
    public struct MalformedEntry: Error, Sendable, Equatable {
        /// The entry.
        public let text: String
    }

    private var names: Set<HostName> = []
    private var ranges: [AddressRange] = []

    /// No exceptions.
    public init() {}

    /// Reads host names and CIDR ranges, separated by commas or spaces: `hooks.internal, 10.1.0.0/16`.
    public init(_ list: String) throws(MalformedEntry) {
        for entry in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
            if let range = AddressRange(String(entry)) {
                ranges.append(range)
            } else if let name = HostName(String(entry)) {
                names.insert(name)
            } else {
                throw MalformedEntry(text: String(entry))
            }
        }
    }

    /// Whether a name is allowed, wherever it leads.
    func allows(_ name: HostName) -> Bool { names.contains(name) }

    /// Whether an address is allowed, by whatever name it was found.
    func allows(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// Whether any name could lead to an allowed address.
    var hasRanges: Bool { !ranges.isEmpty }
}
