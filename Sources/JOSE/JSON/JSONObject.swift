/// The members of a JSON object in their order, each name once.
///
/// Names are compared by their code points, as RFC 8259 §8.3 wants; Swift's `==` also equates canonically equivalent
/// strings (the Kelvin sign and `K`).
public struct JSONObject: Sendable, Hashable {
    /// A member.
    public struct Member: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public var value: JSON
    }

    /// The members in order.
    public private(set) var members: [Member]

    /// An object without members.
    public init() {
        members = []
    }

    /// An object of members in order; of a repeated name the last value stays, in the first one's place.
    public init(_ members: [(name: String, value: JSON)]) {
        self.init()
        for member in members { self[member.name] = member.value }
    }

    /// Takes members whose names are known to differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// The value of a member. Setting adds at the end or replaces in place; setting nil removes.
    public subscript(name: String) -> JSON? {
        get { members.first { exactlyEqual($0.name, name) }?.value }
        set {
            let index = members.firstIndex { exactlyEqual($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// How many members there are.
    public var count: Int { members.count }

    /// Equal when both have the same members, in whatever order (RFC 8259 §1: an object is an unordered collection).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && (left.members == right.members || left.members.allSatisfy { right[$0.name] == $0.value })
    }

    /// Independent of the order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        hasher.combine(members.reduce(0) { $0 ^ $1.hashValue })
    }
}
