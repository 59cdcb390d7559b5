"""A software authenticator and browser: every byte is the same at every run, and each part can be
replaced by a wrong one.

The structures are those of PyPI's `fido2`, the keys and signatures those of `cryptography`.
"""

import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, padding
from fido2 import cbor, cose
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

HERE = pathlib.Path(__file__).parent.parent
RFC7515 = json.loads((HERE / "../JOSETests/Vectors/rfc7515.json").read_text())
RSA = ser.load_pem_private_key(RFC7515[1]["pem"].encode(), None)  # A.2
EC = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"passkey").digest(), "big"), ec.SECP256R1())
STRANGER = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"stranger").digest(), "big"), ec.SECP256R1())

RP_ID = "login.example.org"
ORIGIN = "https://login.example.org"
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


def fixed(name, length):
    """Bytes that look random and are always the same."""
    return hashlib.shake_256(name.encode()).digest(length)


CHALLENGE = fixed("challenge", 32)
CREDENTIAL_ID = fixed("credential id", 32)
USER_HANDLE = fixed("user handle", 32)
AAGUID = fixed("aaguid", 16)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key, data):
    """A signature as authenticators write it (Level 2 §6.5.5)."""
    if key is RSA:
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def cose_map(key=EC):
    """The COSE key as a dictionary."""
    kind = cose.RS256 if key is RSA else cose.ES256
    return dict(kind.from_cryptography_key(key.public_key()))


def cose_key(key=EC, **changes):
    """A COSE key with parameters changed by label (`_3=-8`, `m1=2` for -1) or taken away (None)."""
    parameters = cose_map(key)
    for name, value in changes.items():
        label = int(name[1:]) * (-1 if name[0] == "m" else 1)
        if value is None:
            del parameters[label]
        else:
            parameters[label] = value
    return cbor.encode(parameters)


def head(major, count):
    """The head of a string of bytes (2) or text (3), an array (4) or a map (5), as short as possible."""
    size = next(size for size in (0, 1, 2, 4, 8) if count < (24 if size == 0 else 1 << 8 * size))
    first = count if size == 0 else {1: 24, 2: 25, 4: 26, 8: 27}[size]
    return bytes([major << 5 | first]) + (count.to_bytes(size, "big") if size else b"")


def client_data(kind, challenge=CHALLENGE, origin=ORIGIN, text=None, **members):
    """Client data as browsers write them (§5.8.1.1); a member that is None is left out, `text` replaces all, or
    makes all of the kind."""
    if text is not None:
        return text(kind) if callable(text) else text
    challenge = challenge if isinstance(challenge, str) else b64(challenge)
    data = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False} | members
    return json.dumps({k: v for k, v in data.items() if v is not None}, separators=(",", ":")).encode()


def credential(id=CREDENTIAL_ID, key=None, aaguid=AAGUID):
    """Attested credential data (§6.5.1)."""
    return aaguid + len(id).to_bytes(2, "big") + id + (cose_key() if key is None else key)


def authenticator_data(flags, count=0, rp_id=RP_ID, rest=b""):
    """Authenticator data (§6.1)."""
    return sha256(rp_id.encode()) + bytes([flags]) + count.to_bytes(4, "big") + rest


def attestation_object(data, fmt=b"\x64none", statement=b"\xa0"):
    """An attestation object of encoded parts (§6.5.4)."""
    return b"\xa3\x63fmt" + fmt + b"\x67attStmt" + statement + b"\x68authData" + head(2, len(data)) + data


def self_statement(key, data, client, **changes):
    """The statement of a packed self attestation (§8.2)."""
    statement = {"alg": cose_map(key)[3], "sig": sign(key, data + sha256(client))} | changes
    return cbor.encode({k: v for k, v in statement.items() if v is not None})


def edited(response, edits):
    """The JSON text of a response with members replaced by path; None takes one away, text replaces all."""
    if isinstance(edits, str):
        return edits
    for path, value in edits.items():
        *way, last = path.split(".")
        place = response
        for step in way:
            place = place[step]
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return json.dumps(response, separators=(",", ":"))


ABSENT = object()


def creation(id, client, attestation, transports=("internal", "hybrid")):
    """What `PublicKeyCredential.toJSON()` gives for a registration (Level 3 §5.1)."""
    return {
        "id": b64(id),
        "rawId": b64(id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": b64(client),
            "attestationObject": b64(attestation),
            "transports": list(transports),
        },
    }


def assertion(id, client, data, signature, user_handle=USER_HANDLE):
    """What `PublicKeyCredential.toJSON()` gives for an authentication (Level 3 §5.1)."""
    response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
    if user_handle is not None:
        response["userHandle"] = b64(user_handle)
    return {"id": b64(id), "rawId": b64(id), "type": "public-key", "clientExtensionResults": {}, "response": response}


def check_structures():
    """The parts written by hand above are, where nothing is changed, those of `fido2`."""
    public = cose.ES256.from_cryptography_key(EC.public_key())
    attested = AttestedCredentialData.create(AAGUID, CREDENTIAL_ID, public)
    assert credential() == attested
    data = AuthenticatorData.create(sha256(RP_ID.encode()), UP | UV | AT, 7, attested)
    assert authenticator_data(UP | UV | AT, 7, rest=credential()) == data
    assert attestation_object(data) == cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
