internal import CLinux
internal import Glibc

/// A plain detached thread, for what must block for long: everything else has a loop or a lane.
package enum Thread {
    /// Boxed for its way through a C pointer.
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own, which ends with it.
    /// - Throws: `LoopError.system` when there are too many threads.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(LoopError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
                _ = linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw .system(call: "pthread_create", errno: status)
        }
        pthread_detach(thread)
    }
}
