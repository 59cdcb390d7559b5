"""Writes the files in Vectors/, with PyPI's `fido2` (2.2.1) for the structures, `cryptography` (50.0.2) for keys and
signatures, and `webauthn` (3.0.1, Duo's) as a second relying party: what is to be accepted here is accepted there.

    python3 vectors.py

Each case breaks one thing of a ceremony that is otherwise right, and names the error, empty for none. The tables are
in generator/.
"""

import json

import webauthn
from webauthn.helpers import parse_authentication_options_json, parse_registration_options_json

from generator import w3c
from generator.authenticator import (
    AAGUID, AT, BE, BS, CHALLENGE, CREDENTIAL_ID, EC, HERE, ORIGIN, RP_ID, RSA, UP, USER_HANDLE, UV, assertion,
    attestation_object, authenticator_data, b64, check_structures, client_data, cose_key, creation, credential, edited,
    fixed, self_statement, sha256, sign,
)
from generator.authentications import AUTHENTICATIONS, COUNTERS, SIGNATURES
from generator.both import BOTH
from generator.keys import KEYS
from generator.registrations import REGISTRATIONS


def case(name, error, response, challenge=CHALLENGE, rp=(RP_ID, ORIGIN), verification="required", **more):
    return {
        "name": name, "error": error, "rpID": rp[0], "origin": rp[1], "challenge": b64(challenge),
        "userVerification": verification, "response": response,
    } | more


def facts(flags, count):
    return {
        "signCount": count, "isUserVerified": bool(flags & UV), "isBackupEligible": bool(flags & BE),
        "isBackedUp": bool(flags & BS),
    }


def registration(
    name, error="", key=EC, id=CREDENTIAL_ID, flags=UP | UV | AT, count=0, rp_id=RP_ID, cose=None, rest=b"", data=None,
    fmt=b"\x64none", statement=b"\xa0", packed=None, attestation=None, client=None, edits=None, verification="required",
    set=0, clear=0,
):
    """A registration of which some part is replaced; `packed` makes a self attestation with changes to it."""
    client = client_data(**{"kind": "webauthn.create"} | (client or {}))
    flags = flags & ~clear | set
    cose = cose_key(key) if cose is None else cose
    if data is None:
        data = authenticator_data(flags, count, rp_id, credential(id, cose) + rest)
    if packed is not None:
        fmt, statement = b"\x66packed", self_statement(packed.pop("key", key), data, client, **packed)
    if attestation is None:
        attestation = attestation_object(data, fmt, statement)
    response = edited(creation(id, client, attestation), edits or {})
    return case(
        name, error, response, verification=verification, credentialID=b64(id), coseKey=b64(cose), aaguid=b64(AAGUID),
        **facts(flags, count),
    )


def authentication(
    name, error="", key=EC, id=CREDENTIAL_ID, flags=UP | UV, stored=0, count=0, rp_id=RP_ID, rest=b"", data=None,
    signature=None, client=None, edits=None, allowed=(), user_handle=USER_HANDLE, stored_id=CREDENTIAL_ID,
    verification="required", set=0, clear=0,
):
    """An authentication of which some part is replaced; all that is not said to be is signed."""
    client = client_data(**{"kind": "webauthn.get"} | (client or {}))
    flags = flags & ~clear | set
    data = authenticator_data(flags, count, rp_id, rest) if data is None else data
    signed = data + sha256(client)
    signature = sign(key, signed) if signature is None else signature(key, signed)
    response = edited(assertion(id, client, data, signature, user_handle), edits or {})
    return case(
        name, error, response, verification=verification, allowed=[b64(id) for id in allowed], storedID=b64(stored_id),
        coseKey=b64(cose_key(key)), storedCount=stored, userHandle=b64(USER_HANDLE), **facts(flags, count),
    )


def registrations():
    yield from (registration(name, error, **changes) for name, error, changes in BOTH + REGISTRATIONS)
    yield from (registration(name, error, cose=cose) for name, error, cose in KEYS)
    for section, error, v in w3c.vectors():
        yield case(
            f"W3C Level 3 §{section} {v.name}", error, edited(creation(v.id, v.client, v.attestation), {}),
            challenge=v.challenge, rp=(w3c.RP_ID, w3c.ORIGIN), verification="preferred", credentialID=b64(v.id),
            coseKey=b64(v.cose_key), aaguid=b64(v.aaguid), **facts(v.registration_flags, 0),
        )


def authentications():
    for kind, key in ("ES256", EC), ("RS256", RSA):
        yield authentication(kind, key=key)
        for name, error, signature in SIGNATURES[kind]:
            yield authentication(f"{kind} signature: {name}", error, key=key, signature=signature)
    yield from (authentication(name, error, **changes) for name, error, changes in BOTH + AUTHENTICATIONS)
    for stored, count, error in COUNTERS:
        yield authentication(f"counter: {stored} then {count}", error, stored=stored, count=count)
    for section, error, v in w3c.vectors():
        yield case(
            f"W3C Level 3 §{section} {v.name}", error,
            edited(assertion(v.id, v.assertion_client, v.data, v.signature), {}), challenge=v.assertion_challenge,
            rp=(w3c.RP_ID, w3c.ORIGIN), verification="preferred", allowed=[], storedID=b64(v.id),
            coseKey=b64(v.cose_key), storedCount=0, userHandle=b64(USER_HANDLE), **facts(v.assertion_flags, 0),
        )


def judge(registered, authenticated):
    """The other relying party accepts what is to be accepted."""
    for c in registered:
        if c["error"] == "" and "byte order mark" not in c["name"]:
            seen = webauthn.verify_registration_response(
                credential=c["response"], expected_challenge=bytes_of(c["challenge"]), expected_rp_id=c["rpID"],
                expected_origin=c["origin"], require_user_verification=c["userVerification"] == "required",
            )
            assert b64(seen.credential_id) == c["credentialID"], c["name"]
            assert b64(seen.credential_public_key) == c["coseKey"], c["name"]
            assert seen.sign_count == c["signCount"] and seen.user_verified == c["isUserVerified"], c["name"]
    for c in authenticated:
        if c["error"] == "" and "byte order mark" not in c["name"]:
            seen = webauthn.verify_authentication_response(
                credential=c["response"], expected_challenge=bytes_of(c["challenge"]), expected_rp_id=c["rpID"],
                expected_origin=c["origin"], credential_public_key=bytes_of(c["coseKey"]),
                credential_current_sign_count=c["storedCount"],
                require_user_verification=c["userVerification"] == "required",
            )
            assert seen.new_sign_count == c["signCount"] and seen.user_verified == c["isUserVerified"], c["name"]


def bytes_of(text):
    return webauthn.base64url_to_bytes(text)


def options():
    """What is to be handed to the browser, in the forms of Level 3 §5.1.8 and §5.1.9."""
    kinds = [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}]
    other = {"type": "public-key", "id": b64(fixed("other", 20))}
    creation = {
        "rp": {"id": RP_ID, "name": "Martlet </script>"},
        "user": {"id": b64(USER_HANDLE), "name": "ada", "displayName": "Ada \u2028 Lovelace"},
        "challenge": b64(CHALLENGE), "pubKeyCredParams": kinds, "timeout": 300_000,
        "excludeCredentials": [other, other | {"transports": ["usb", "nfc"]}],
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
        },
        "attestation": "none",
    }
    request = {
        "challenge": b64(CHALLENGE), "timeout": 60_000, "rpId": RP_ID, "allowCredentials": [other],
        "userVerification": "preferred",
    }
    seen = parse_registration_options_json(creation)
    assert seen.challenge == CHALLENGE and seen.user.id == USER_HANDLE and len(seen.exclude_credentials) == 2
    assert parse_authentication_options_json(request).allow_credentials[0].id == fixed("other", 20)
    return {"creation": json.dumps(creation), "request": json.dumps(request), "other": b64(fixed("other", 20)),
            "userHandle": b64(USER_HANDLE), "challenge": b64(CHALLENGE)}


def write(name, value):
    (HERE / "Vectors" / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    check_structures()
    registered, authenticated = list(registrations()), list(authentications())
    for cases in registered, authenticated:
        assert len({c["name"] for c in cases}) == len(cases)
    judge(registered, authenticated)
    write("registrations.json", registered)
    write("authentications.json", authenticated)
    write("options.json", options())
    print(f"{len(registered)} registrations, {len(authenticated)} authentications")
