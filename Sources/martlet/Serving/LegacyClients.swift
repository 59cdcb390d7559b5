internal import Configuration
internal import JOSE
internal import Provider

/// Clients that may still use what RFC 9700 §2.1.2 and §2.4 advise against: an operator should know of each.
struct LegacyClients {
    let clients: any ClientStore
    let log: Log

    /// Names that one line of the log has.
    private static let named = 20

    /// Warns of them, if there are any.
    func warn() async throws {
        var filter = ClientFilter()
        filter.grantTypes = Set(GrantType.allCases.filter(\.isLegacy))
        var page = PageRequest(limit: 200)
        var count = 0
        var names: [JSON] = []
        while true {
            let found = try await clients.clients(filter, page)
            count += found.items.count
            for client in found.items where names.count < Self.named {
                names.append(["clientId": .string(client.id.text), "name": .string(client.name)])
            }
            guard let next = found.nextCursor else { break }
            page.cursor = next
        }
        guard count > 0 else { return }
        log.write(
            .warning, "clients may use the grant types password or implicit",
            [("count", .integer(Int64(count))), ("clients", .array(names))])
    }
}
