import TLS
import TestCertificates
import Testing

@Suite("TLS contexts: what is wrong with a file is said when it is loaded")
struct ContextTests {
    let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func failure(certificate: String, key: String) -> TLSContextError? {
        do {
            _ = try TLSServerContext(certificateFile: certificate, keyFile: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("a key of another certificate")
    func mismatch() throws {
        let one = try authority.issue(names: ["DNS:a.example"])
        let other = try authority.issue(names: ["DNS:b.example"])
        #expect(
            failure(certificate: one.certificate, key: other.key)
                == .certificateAndKeyDiffer(certificate: one.certificate, key: other.key))
    }

    @Test("a file that does not exist, with the system's reason")
    func missing() throws {
        let one = try authority.issue(names: ["DNS:a.example"])
        #expect(
            failure(certificate: "/nowhere/cert.pem", key: one.key)
                == .certificateUnusable(file: "/nowhere/cert.pem", reason: "No such file or directory"))
        #expect(
            failure(certificate: one.certificate, key: "/nowhere/key.pem")
                == .keyUnusable(file: "/nowhere/key.pem", reason: "No such file or directory"))
    }

    @Test("a file that holds something else")
    func garbage() throws {
        let one = try authority.issue(names: ["DNS:a.example"])
        let text = try authority.file("not a certificate")
        #expect(failure(certificate: text, key: one.key) == .certificateUnusable(file: text, reason: "no start line"))
        guard case .keyUnusable(text, _) = failure(certificate: one.certificate, key: text) else {
            Issue.record("a text was loaded as a key")
            return
        }
    }

    @Test("an encrypted key is refused instead of asking on the terminal")
    func encryptedKey() throws {
        let one = try authority.issue(names: ["DNS:a.example"])
        let locked = try authority.encrypted(key: one.key)
        guard case .keyUnusable(locked, let reason) = failure(certificate: one.certificate, key: locked) else {
            Issue.record("an encrypted key was loaded")
            return
        }
        #expect(reason.contains("encrypted"))
    }

    @Test("an expired certificate is loaded and says so")
    func expired() throws {
        let old = try authority.issue(names: ["DNS:a.example"], days: -1)
        let context = try TLSServerContext(certificateFile: old.certificate, keyFile: old.key)
        #expect(context.certificate.isExpired(at: context.certificate.notAfter + 1))
        #expect(!context.certificate.isExpired(at: context.certificate.notAfter))
    }

    @Test("authorities that cannot be read")
    func authorities() throws {
        #expect(throws: TLSContextError.self) { try TLSClientContext(additionalAuthorities: "/nowhere/ca.pem") }
    }
}
