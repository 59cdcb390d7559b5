internal import COpenSSL
internal import Glibc

/// What an operator wants to know of a loaded certificate.
public struct CertificateSummary: Sendable, Equatable {
    /// When its validity ends, in seconds since 1970.
    public let notAfter: Int

    /// Whether its validity has ended at a time in seconds since 1970.
    public func isExpired(at time: Int) -> Bool {
        time > notAfter
    }

    init(of certificate: OpaquePointer) {
        var parts = tm()
        ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts)
        notAfter = timegm(&parts)
    }
}
