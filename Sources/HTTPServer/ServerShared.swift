internal import HTTP
internal import Synchronization
internal import TLS

/// What the loops of one server share.
final class ServerShared: Sendable {
    let configuration: ServerConfiguration
    let census: Census
    let observer: any ServerObserver
    let renderRefusal: Server.RefusalRenderer
    /// The certificate that new connections are shown; nil for a server in the clear.
    private let identity: Mutex<TLSServerContext?>

    init(
        configuration: ServerConfiguration, loops: Int, identity: TLSServerContext?, observer: any ServerObserver,
        renderRefusal: @escaping Server.RefusalRenderer
    ) {
        self.configuration = configuration
        self.observer = observer
        self.renderRefusal = renderRefusal
        self.identity = Mutex(identity)
        census = Census(
            loops: loops, limit: configuration.maxConnections, perAddress: configuration.maxConnectionsPerAddress)
    }

    var currentIdentity: TLSServerContext? { identity.withLock { $0 } }

    func replaceIdentity(_ new: TLSServerContext) {
        identity.withLock { $0 = new }
    }
}
