"""The test vectors of Web Authentication Level 3 §16, made anew by the recipe given there: every value that looks
random is HKDF-SHA-256 of the text `WebAuthn test vectors`, a counter as salt and the vector's name as info. That it is
the same vectors is checked by published signatures.
"""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from generator.authenticator import (
    AT, UP, attestation_object, b64, cbor, client_data, cose, credential, self_statement, sha256,
)

RP_ID, ORIGIN = "example.org", "https://example.org"

# §16.10: the two smallest Mersenne primes from 2^1024 as factors.
P, Q = 2**1279 - 1, 2**2203 - 1

# How the published signatures of the assertions end.
PUBLISHED = {
    "none.ES256": "8480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
    "packed-self.ES256": "4e94dd00047b316061b3b99772b7efd95994a83ef584b3b6b825ea3550251b66",
    "none.ES256.crossOrigin": "c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf",
    "none.ES256.topOrigin": "12e101c165db3c8e9957f0c54dd6ca9b56bc3bd2f280bd2faa6c1d02c6e5c171",
    "none.ES256.long-credential-id": "d2ace346db262b1374a6b70faa51f518a42ddca13a4125ce6f5052a75bac9fb6",
    "packed.RS256": "b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6",
}


class Vector:
    """One registration and the authentication after it."""

    def __init__(self, name, credential_id_length=32, cross_origin=False, top_origin=None):
        self.name, self.salt = name, 0
        self.members = {"crossOrigin": cross_origin} | ({"topOrigin": top_origin} if top_origin else {})
        self.is_rsa = name.endswith("RS256")
        self.challenge = self.derive(32)
        self.key, public = self.keys()
        self.client = self.client_data("webauthn.create", self.challenge)
        aaguid = self.derive(16)
        self.id = self.derive(credential_id_length)
        flags = self.derive(1)[0] & 0x1C
        flags &= 0x1C if flags & 0x08 else 0x04
        self.registration_flags = flags
        self.cose_key = cbor.encode(dict(public))
        head = sha256(RP_ID.encode()) + bytes([flags | UP | AT]) + bytes(4)
        data = head + credential(self.id, self.cose_key, aaguid)
        if name.startswith("packed-self"):
            statement = self_statement(self.key, data, self.client)
            self.attestation = attestation_object(data, b"\x66packed", statement)
        else:
            self.attestation = attestation_object(data)
        self.aaguid = aaguid
        if self.is_rsa:
            self.salt += 2  # the attestation's key and serial number, of which there is no use here
        self.assertion_challenge = self.derive(32)
        self.assertion_client = self.client_data("webauthn.get", self.assertion_challenge)
        bits = self.derive(1)[0] & (0x14 if flags & 0x08 else 0x04)
        self.assertion_flags = bits | flags & 0x08
        self.data = sha256(RP_ID.encode()) + bytes([self.assertion_flags | UP]) + bytes(4)
        self.signature = self.sign(self.data + sha256(self.assertion_client))
        assert self.signature.hex().endswith(PUBLISHED[name]), name

    def derive(self, length):
        salt = bytes([self.salt])
        self.salt += 1
        hkdf = HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=self.name.encode())
        return hkdf.derive(b"WebAuthn test vectors")

    def keys(self):
        if not self.is_rsa:
            key = ec.derive_private_key(int.from_bytes(self.derive(32), "big"), ec.SECP256R1())
            return key, cose.ES256.from_cryptography_key(key.public_key())
        d = rsa.rsa_recover_private_exponent(65537, P, Q)
        dp, dq, qi = rsa.rsa_crt_dmp1(d, P), rsa.rsa_crt_dmq1(d, Q), rsa.rsa_crt_iqmp(P, Q)
        key = rsa.RSAPrivateNumbers(P, Q, d, dp, dq, qi, rsa.RSAPublicNumbers(65537, P * Q)).private_key()
        return key, cose.RS256.from_cryptography_key(key.public_key())

    def client_data(self, kind, challenge):
        members = dict(self.members)
        if self.derive(1)[0] & 1:
            members["extraData"] = (
                "clientDataJSON may be extended with additional fields in the future, such as this: "
                + b64(self.derive(16))
            )
        return client_data(kind, challenge, ORIGIN, **members)

    def sign(self, data):
        if self.is_rsa:
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def vectors():
    """Each vector with the section it stands in and the error that it is to meet here."""
    yield "16.2", "", Vector("none.ES256")
    yield "16.3", "", Vector("packed-self.ES256")
    yield "16.4", "crossOrigin", Vector("none.ES256.crossOrigin", cross_origin=True)
    yield "16.5", "crossOrigin", Vector("none.ES256.topOrigin", cross_origin=True, top_origin="https://example.com")
    yield "16.6", "", Vector("none.ES256.long-credential-id", credential_id_length=1023)
    yield "16.10", "", Vector("packed.RS256")  # its registration with format none, instead of an attestation by a CA
