internal import HTTP
internal import Synchronization

/// How many connections there are: in all, on each loop, from each network of a client. Asked once a connection, not a
/// request.
final class Census: Sendable {
    /// Where a new connection goes. With a refusal and a seat it is told so there; without a seat it is closed.
    struct Admission {
        var refusal: ConnectionRefusal?
        var seat: Int?
    }

    private struct State {
        var total = 0
        var ofLoop: [Int]
        var ofNetwork: [IPAddress: Int] = [:]
        var refused = 0
    }

    private let state: Mutex<State>
    private let limit: Int
    private let limitPerAddress: Int
    /// How many refused clients may be reading their 503 at once; those beyond find the connection closed.
    private let limitOfRefused = 128

    init(loops: Int, limit: Int, perAddress: Int) {
        state = Mutex(State(ofLoop: Array(repeating: 0, count: loops)))
        self.limit = limit
        limitPerAddress = perAddress
    }

    /// - Parameter isExempt: a proxy, which speaks for many.
    func admit(_ address: IPAddress, isExempt: Bool) -> Admission {
        state.withLock { state in
            var admission = Admission(refusal: refusal(of: address, isExempt: isExempt, state))
            let emptiest = state.ofLoop.indices.min { state.ofLoop[$0] < state.ofLoop[$1] } ?? 0
            if admission.refusal == nil {
                count(address, &state)
            } else {
                guard state.refused < limitOfRefused else { return admission }
                state.refused += 1
            }
            state.ofLoop[emptiest] += 1
            admission.seat = emptiest
            return admission
        }
    }

    /// Counts a refused connection, which keeps its seat, among those that are served, if there is room by now.
    func admitRefused(_ address: IPAddress, isExempt: Bool) -> Bool {
        state.withLock { state in
            guard refusal(of: address, isExempt: isExempt, state) == nil else { return false }
            state.refused -= 1
            count(address, &state)
            return true
        }
    }

    private func refusal(of address: IPAddress, isExempt: Bool, _ state: State) -> ConnectionRefusal? {
        if state.total >= limit { return .tooMany }
        let isOneTooMany = !isExempt && state.ofNetwork[address.network, default: 0] >= limitPerAddress
        return isOneTooMany ? .tooManyFrom(address) : nil
    }

    private func count(_ address: IPAddress, _ state: inout State) {
        state.total += 1
        state.ofNetwork[address.network, default: 0] += 1
    }

    func leave(_ address: IPAddress, seat: Int, wasRefused: Bool) {
        state.withLock { state in
            state.ofLoop[seat] -= 1
            guard !wasRefused else {
                state.refused -= 1
                return
            }
            state.total -= 1
            let left = state.ofNetwork[address.network, default: 1] - 1
            state.ofNetwork[address.network] = left > 0 ? left : nil
        }
    }

    /// Connections that are being served.
    var total: Int { state.withLock { $0.total } }
}
