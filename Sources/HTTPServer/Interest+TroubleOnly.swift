internal import CLinux
internal import EventLoop

extension Interest {
    /// Neither bytes nor room for them, but hang-ups and errors, which epoll tells unasked as long as the descriptor is
    /// watched for anything at all. Urgent data, the pretext, does not occur in HTTP.
    static let troubleOnly = Interest(rawValue: EPOLLPRI.rawValue)
}
