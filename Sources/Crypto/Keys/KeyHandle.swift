import COpenSSL

/// The owner of an EVP_PKEY.
final class KeyHandle: @unchecked Sendable {  // an EVP_PKEY is not changed after it was made
    private let pointer: OpaquePointer

    /// Takes over the reference the caller holds.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// Lends the pointer for the duration of `body`.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        body(pointer)
    }
}
