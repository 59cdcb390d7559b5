internal import Glibc

/// Which loop the calling thread runs: one thread-specific pointer.
enum CurrentLoop {
    /// The process has no thread-specific keys left at its first loop only if it made a thousand of them itself.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key, nil)
        precondition(status == 0, "pthread_key_create: \(status)")
        return key
    }()

    /// Not retained: the loop's thread holds its loop for as long as it runs.
    static func set(_ loop: Loop?) {
        pthread_setspecific(key, loop.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
    }

    static func get() -> Loop? {
        pthread_getspecific(key).map { Unmanaged<Loop>.fromOpaque($0).takeUnretainedValue() }
    }

    static func `is`(_ loop: Loop) -> Bool {
        pthread_getspecific(key) == Unmanaged.passUnretained(loop).toOpaque()
    }
}
