"""Implicit and hybrid answers and the password grant, judged by clients and libraries that nobody here wrote."""

import base64
import json
import secrets
import time

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import HybridIDToken, ImplicitIDToken
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

from martlet import API, Browser, Form, Server, new_verifier, parameters_of

ALL = ["code", "id_token", "token", "id_token token", "code id_token", "code token", "code id_token token"]
FRONT = ALL[1:]
PASSWORD = "correct horse battery"
CHALLENGE = create_s256_code_challenge(new_verifier())


@pytest.fixture(scope="module")
def server():
    """Of its own: each of its callers can come from an address of its own, and its passwords are cheap."""
    server = Server(
        MARTLET_TRUSTED_PROXIES="127.0.0.1/32", MARTLET_PASSWORD_COST="14", MARTLET_PASSWORD_MEMORY="64").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def user(server):
    return server.user(name="Anna Example", email="anna@example.org", emailVerified=True, password=PASSWORD)


@pytest.fixture(scope="module")
def browser(server, user):
    return Browser(server, user)


def legacy(server, **members):
    return server.client(**{
        "profile": "legacy", "grantTypes": ["authorization_code", "implicit", "refresh_token"], "responseTypes": ALL,
        "firstParty": True, **members})


@pytest.fixture(scope="module")
def client(server):
    return legacy(server)


@pytest.fixture(scope="module", params=["RS256", "ES256"])
def signed_client(request, server):
    return legacy(server, idTokenSignedResponseAlg=request.param)


def verified(server, client, token):
    """An ID token's claims, by PyJWT from the published keys."""
    keys = jwt.PyJWKClient(server.issuer + "/.well-known/jwks.json")
    return jwt.decode(
        token, keys.get_signing_key_from_jwt(token).key, algorithms=[client["idTokenSignedResponseAlg"]],
        audience=client["clientId"], issuer=server.issuer)


def half_hash(algorithm, text):
    """OpenID Connect Core §3.1.3.6, with PyJWT's idea of the algorithm's hash."""
    digest = jwt.get_algorithm_by_name(algorithm).compute_hash_digest(text.encode())
    return base64.urlsafe_b64encode(digest[:len(digest) // 2]).rstrip(b"=").decode()


def userinfo(server, token):
    return requests.get(
        server.issuer + API + "/userinfo", headers={"Authorization": "Bearer " + token}, timeout=10)


@pytest.mark.parametrize("response_type", FRONT)
def test_the_answer_verifies(server, signed_client, user, browser, response_type):
    """Core §3.2.2.5, §3.2.2.10, §3.3.2.5, §3.3.2.11: PyJWT and joserfc verify the ID token, its c_hash and at_hash."""
    client = signed_client
    nonce, verifier = secrets.token_hex(8), new_verifier()
    answer = browser.authorize(server.authorize_url(client, verifier, response_type=response_type, nonce=nonce))
    words = response_type.split()
    expected = {"state", "iss"}
    if "token" in words:
        expected |= {"access_token", "token_type", "expires_in", "scope"}
    expected |= {"code"} & set(words) | {"id_token"} & set(words)
    assert set(answer) == expected
    assert answer["iss"] == server.issuer
    if "id_token" in words:
        claims = verified(server, client, answer["id_token"])
        published = requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).json()
        again = joserfc_jwt.decode(
            answer["id_token"], joserfc_jwk.KeySet.import_key_set(published),
            algorithms=[client["idTokenSignedResponseAlg"]])
        assert again.claims == claims
        assert claims["nonce"] == nonce and claims["sub"] == user["id"] and claims["sid"]
        algorithm = client["idTokenSignedResponseAlg"]
        for name, value in (("at_hash", answer.get("access_token")), ("c_hash", answer.get("code"))):
            assert claims.get(name) == (half_hash(algorithm, value) if value else None), name
        # Contract: scope claims only where no access token can fetch them.
        assert ("name" in claims) == (response_type == "id_token")
    if "token" in words:
        assert answer["token_type"] == "Bearer" and int(answer["expires_in"]) == 3600
        assert userinfo(server, answer["access_token"]).json()["name"] == "Anna Example"
    if "code" in words:
        tokens = server.redeem(client, answer["code"], verifier).json()
        later = verified(server, client, tokens["id_token"])
        assert later["nonce"] == nonce and later["sub"] == user["id"] and "c_hash" not in later
        assert userinfo(server, tokens["access_token"]).status_code == 200


@pytest.mark.parametrize("response_type", ["id_token", "id_token token", "code id_token", "code id_token token"])
def test_authlib_takes_the_answer(server, client, browser, response_type):
    """Authlib as the relying party: it reads the fragment and checks nonce, at_hash and c_hash by its own rules."""
    session = OAuth2Session(
        client["clientId"], client["clientSecret"], scope="openid profile", redirect_uri=client["redirectUris"][0],
        response_type=response_type)
    nonce, verifier = secrets.token_hex(8), new_verifier()
    # Of itself it has challenges for the response type code alone.
    challenge = {}
    if "code" in response_type:
        challenge = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    url, state = session.create_authorization_url(server.issuer + API + "/authorize", nonce=nonce, **challenge)
    answer = browser.follow(browser.get(url))
    if "password" in answer.text:
        answer = browser.submit(answer, "", username=browser.user["username"], password=PASSWORD)
    location = answer.headers["Location"]
    assert location.startswith(client["redirectUris"][0] + "#") and "?" not in location
    told = parameters_of(location)
    assert told["state"] == state
    keys = JsonWebKey.import_key_set(requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).json())
    claims = JsonWebToken(["RS256"]).decode(
        told["id_token"], keys, claims_cls=HybridIDToken if "code" in response_type else ImplicitIDToken,
        claims_options={"iss": {"essential": True, "value": server.issuer}},
        claims_params={
            "nonce": nonce, "client_id": client["clientId"], "code": told.get("code"),
            "access_token": told.get("access_token")})
    claims.validate()
    if "token" in response_type.split():
        token = session.fetch_token(authorization_response=location, state=state)
        assert session.get(server.issuer + API + "/userinfo").json()["sub"] == claims["sub"], token
    if "code" in told:
        token = session.fetch_token(
            server.issuer + API + "/token", code=told["code"], code_verifier=verifier, state=state)
        assert token["id_token"]


def test_code_id_token_needs_no_legacy(server, browser):
    """Contract: no access token in the front channel, so a client of the default profile may register for it."""
    client = server.client(responseTypes=["code", "id_token code"], firstParty=True)
    assert client["profile"] == "default" and client["responseTypes"] == ["code", "code id_token"]
    verifier = new_verifier()
    answer = browser.authorize(
        server.authorize_url(client, verifier, response_type="id_token code", nonce="n"))
    claims = verified(server, client, answer["id_token"])
    assert claims["c_hash"] == half_hash("RS256", answer["code"]) and "at_hash" not in claims
    assert server.redeem(client, answer["code"], verifier).status_code == 200


def test_a_code_used_twice_takes_the_token_with_it(server, client, browser):
    """RFC 6749 §4.1.2: the front channel's token hangs on the same grant."""
    verifier = new_verifier()
    answer = browser.authorize(server.authorize_url(client, verifier, response_type="code token", nonce="n"))
    assert server.redeem(client, answer["code"], verifier).status_code == 200
    assert userinfo(server, answer["access_token"]).status_code == 200
    assert server.redeem(client, answer["code"], verifier).json()["error"] == "invalid_grant"
    assert userinfo(server, answer["access_token"]).status_code == 401
    assert server.introspect(client, answer["access_token"]) == {"active": False}


# Requests for tokens that are refused, by the fragment: (name, client, parameters changed, error, named)
DEFAULT, ONLY_ID, ONLY_TOKEN = "default", "only id_token", "only token"
AUTHORIZE = [
    *[(f"default client: {kind}", DEFAULT, {"response_type": kind}, "unauthorized_client", "response_type")
      for kind in FRONT],
    *[(f"registered for id_token: {kind}", ONLY_ID, {"response_type": kind}, "unauthorized_client", "response_type")
      for kind in FRONT if kind != "id_token"],
    *[(f"registered for token: {kind}", ONLY_TOKEN, {"response_type": kind}, "unauthorized_client", "response_type")
      for kind in FRONT if kind != "token"],
    *[(f"query: {kind}", None, {"response_type": kind, "response_mode": "query"}, "invalid_request", "response_mode")
      for kind in FRONT],
    *[(f"no nonce: {kind}", None, {"response_type": kind, "nonce": None}, "invalid_request", "nonce")
      for kind in FRONT if "id_token" in kind],
    *[(f"empty nonce: {kind}", None, {"response_type": kind, "nonce": ""}, "invalid_request", "nonce")
      for kind in ("id_token", "code id_token token")],
    *[(f"no openid: {kind}", None, {"response_type": kind, "scope": "profile"}, "invalid_scope", "scope")
      for kind in FRONT if "id_token" in kind],
    *[(f"no challenge: {kind}", None,
       {"response_type": kind, "code_challenge": None, "code_challenge_method": None}, "invalid_request",
       "code_challenge") for kind in FRONT if "code" in kind],
    *[(f"prompt=none: {kind}", None, {"response_type": kind, "prompt": "none"}, "login_required", "log in")
      for kind in FRONT],
    ("words unknown beside token", None, {"response_type": "token none"}, "unsupported_response_type", "response_type"),
    ("token twice", None, {"response_type": "token token"}, "unsupported_response_type", "response_type"),
    ("two spaces", None, {"response_type": "code  token"}, "unsupported_response_type", "response_type"),
    ("space at the end", None, {"response_type": "id_token "}, "unsupported_response_type", "response_type"),
    ("a comma between", None, {"response_type": "id_token,token id_token"}, "unsupported_response_type",
     "response_type"),
    ("response_mode unknown", None, {"response_type": "token", "response_mode": "web_message"}, "invalid_request",
     "response_mode"),
    ("response_mode empty", None, {"response_type": "token", "response_mode": ""}, "invalid_request", "response_mode"),
    ("response_mode of JARM", None, {"response_type": "id_token", "response_mode": "fragment.jwt"}, "invalid_request",
     "response_mode"),
    ("scope unknown", None, {"response_type": "token", "scope": "openid magic"}, "invalid_scope", "scope"),
    ("scope admin", None, {"response_type": "token", "scope": "admin"}, "invalid_scope", "scope"),
    ("resource unknown", None, {"response_type": "token", "resource": "https://x.example"}, "invalid_target",
     "resource"),
    ("prompt none and login", None, {"response_type": "token", "prompt": "none login"}, "invalid_request", "prompt"),
    ("max_age text", None, {"response_type": "id_token", "max_age": "soon"}, "invalid_request", "max_age"),
    ("claims no JSON", None, {"response_type": "id_token", "claims": "{"}, "invalid_request", "claims"),
    ("a method alone", None, {"response_type": "token", "code_challenge": None}, "invalid_request",
     "code_challenge_method"),
    ("plain", None, {"response_type": "code token", "code_challenge_method": "plain"}, "invalid_request",
     "code_challenge_method"),
    ("short challenge", None, {"response_type": "token", "code_challenge": "abc"}, "invalid_request",
     "code_challenge"),
    ("request", None, {"response_type": "id_token", "request": "x"}, "request_not_supported", "request"),
    ("request_uri", None, {"response_type": "token", "request_uri": "https://x.example"}, "request_uri_not_supported",
     "request_uri"),
    ("hint nonsense", None, {"response_type": "id_token", "id_token_hint": "x"}, "invalid_request", "id_token_hint"),
]


@pytest.fixture(scope="module")
def clients(server, client):
    return {
        None: client, DEFAULT: server.client(),
        ONLY_ID: legacy(server, grantTypes=["implicit"], responseTypes=["id_token"]),
        ONLY_TOKEN: legacy(server, grantTypes=["implicit"], responseTypes=["token"])}


@pytest.mark.parametrize("row", AUTHORIZE, ids=lambda row: row[0])
def test_refused_by_fragment(server, clients, row):
    """RFC 6749 §4.2.2.1, Multiple Response Types §5, Core §3.2.2.6, RFC 9207: what is refused, and where it is told."""
    _, which, changes, error, named = row
    url = server.authorize_url(clients[which], **{
        "nonce": "n", "state": "st", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes})
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    location = answer.headers["Location"]
    assert location.startswith("https://rp.example/cb#") and "?" not in location
    told = parameters_of(location)
    assert told["error"] == error, told
    assert named in told["error_description"], told
    assert told["state"] == "st" and told["iss"] == server.issuer
    assert not {"code", "access_token", "id_token"} & set(told)
    form = requests.get(url + "&response_mode=form_post", allow_redirects=False, timeout=10)
    if "response_mode" not in changes:
        assert form.status_code == 200 and Form(form.text).fields["error"] == told["error"]
    else:
        assert form.status_code == 303 and "#error=" in form.headers["Location"], "response_mode twice"


# Refused by the token endpoint: (name, client, form changed, status, error, named)
TOKEN = [
    ("default client", DEFAULT, {}, 400, "unauthorized_client", "grant_type"),
    ("legacy without it", None, {}, 400, "unauthorized_client", "grant_type"),
    ("no username", "password", {"username": None}, 400, "invalid_request", "username"),
    ("empty username", "password", {"username": ""}, 400, "invalid_request", "username"),
    ("no password", "password", {"password": None}, 400, "invalid_request", "password"),
    ("empty password", "password", {"password": ""}, 400, "invalid_request", "password"),
    ("wrong password", "password", {"password": "wrong"}, 400, "invalid_grant", "password is wrong"),
    ("unknown user", "password", {"username": "nobody-at-all"}, 400, "invalid_grant", "password is wrong"),
    ("no name", "password", {"username": "not a name"}, 400, "invalid_grant", "password is wrong"),
    ("long name", "password", {"username": "a" * 5000}, 400, "invalid_grant", "password is wrong"),
    ("long password", "password", {"password": "a" * 5000}, 400, "invalid_grant", "password is wrong"),
    ("password in other case", "password", {"password": PASSWORD.upper()}, 400, "invalid_grant", "is wrong"),
    ("SQL", "password", {"username": "' OR 1=1 --"}, 400, "invalid_grant", "password is wrong"),
    ("scope unknown", "password", {"scope": "magic"}, 400, "invalid_scope", "scope"),
    ("scope not allowed", "password", {"scope": "openid admin"}, 400, "invalid_scope", "scope"),
    ("scope with quote", "password", {"scope": 'a"b'}, 400, "invalid_scope", "scope"),
    ("offline_access that nobody allowed", "password", {"scope": "openid offline_access"}, 400, "invalid_scope",
     "scope"),
    ("resource unknown", "password", {"resource": "https://x.example"}, 400, "invalid_target", "resource"),
    ("grant in other case", "password", {"grant_type": "Password"}, 400, "unsupported_grant_type", "grant_type"),
    ("implicit", None, {"grant_type": "implicit"}, 400, "unsupported_grant_type", "grant_type"),
    ("another tenant's client", "tenant", {}, 400, "invalid_grant", "tenant"),
    ("the role is missing", "admin", {"scope": "admin"}, 400, "invalid_scope", "administrator"),
]


@pytest.fixture(scope="module")
def password_clients(server, clients):
    def make(**members):
        return legacy(server, **{
            "grantTypes": ["password", "refresh_token"], "responseTypes": None, "redirectUris": None, **members})

    return {
        **clients, "password": make(), "tenant": make(tenantId="elsewhere"),
        "admin": make(allowedScopes=["openid", "admin"])}


def elsewhere():
    """An address that nobody guessed from yet."""
    return {"X-Forwarded-For": f"198.18.{secrets.randbits(8)}.{secrets.randbits(8)}"}


@pytest.mark.parametrize("row", TOKEN, ids=lambda row: row[0])
def test_refused_by_the_token_endpoint(server, password_clients, user, row):
    """RFC 6749 §4.3.2, §5.2"""
    _, which, changes, status, error, named = row
    fields = {"grant_type": "password", "username": user["username"], "password": PASSWORD, **changes}
    answer = server.post(
        "/token", {k: v for k, v in fields.items() if v is not None}, password_clients[which], headers=elsewhere())
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == error and named in body["error_description"], body
    assert body["error_description"].isascii() and "no-store" in answer.headers["Cache-Control"]
    assert PASSWORD not in answer.text


def test_authlib_logs_in_by_password(server, password_clients, user):
    """RFC 6749 §4.3 as Authlib asks for it: tokens, an ID token that verifies, a refresh; and a session that ends."""
    client = password_clients["password"]
    session = OAuth2Session(client["clientId"], client["clientSecret"], scope="openid profile")
    token = session.fetch_token(
        server.issuer + API + "/token", username=user["username"], password=PASSWORD, headers=elsewhere())
    claims = verified(server, client, token["id_token"])
    assert claims["sub"] == user["id"] and claims["amr"] == ["pwd"] and "nonce" not in claims
    assert claims["at_hash"] == half_hash("RS256", token["access_token"])
    assert session.get(server.issuer + API + "/userinfo").json()["name"] == "Anna Example"
    refreshed = session.refresh_token(server.issuer + API + "/token", refresh_token=token["refresh_token"])
    assert refreshed["refresh_token"] != token["refresh_token"]
    again = verified(server, client, refreshed["id_token"])
    assert again["auth_time"] == claims["auth_time"] and again["sid"] == claims["sid"]
    body = {"grant_type": "password", "username": user["username"], "password": PASSWORD}
    by_json = requests.post(
        server.issuer + API + "/token", json=body, auth=(client["clientId"], client["clientSecret"]),
        headers=elsewhere(), timeout=10)
    assert by_json.status_code == 200 and "id_token" in by_json.json()


def test_guesses_are_throttled(server, password_clients):
    """Contract, wrong passwords: 429 with Retry-After of at most 30 s; known names and unknown ones alike."""
    client = password_clients["password"]
    known = server.user(password=PASSWORD)["username"]
    outcomes = []
    for username in (known, "nobody" + secrets.token_hex(4)):
        address = elsewhere()
        seen = []
        for _ in range(7):
            answer = server.post(
                "/token", {"grant_type": "password", "username": username, "password": "wrong"}, client,
                headers=address)
            seen.append((answer.status_code, answer.json()["error"]))
        assert seen[-1] == (429, "too_many_requests") and 1 <= int(answer.headers["Retry-After"]) <= 30
        outcomes.append(seen)
    assert outcomes[0] == outcomes[1]
    # From elsewhere the same user logs in.
    good = {"grant_type": "password", "username": known, "password": PASSWORD}
    assert server.post("/token", good, client, headers=elsewhere()).status_code == 200


def test_operators_know_of_legacy_clients(own_server):
    """Issue: a warning at the start, once, with count and names; none where there is no such client."""
    server = own_server().start()
    server.client()

    def warnings():
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"] == "clients may use the grant types password or implicit"]

    assert warnings() == []
    made = [
        legacy(server, name="Old shop"),
        legacy(server, name="Old robot", grantTypes=["password"], responseTypes=None, redirectUris=None)]
    server.stop()
    server.start()
    [warning] = warnings()
    assert warning["level"] == "warning" and warning["count"] == 2
    assert warning["clients"] == [{"clientId": c["clientId"], "name": c["name"]} for c in made]
    for grant, client in (("implicit", made[0]), ("password", made[1])):
        listed = server.manage("GET", f"/oauth2/clients?grantType={grant}").json()["items"]
        assert [item["clientId"] for item in listed] == [client["clientId"]]
        command = server.command("clients", "list", "--grant-type", grant, "--json")
        assert [item["clientId"] for item in json.loads(command.stdout)["items"]] == [client["clientId"]]
    assert server.manage("GET", "/oauth2/clients?grant_type=magic").json()["error"] == "invalid_request"


def test_the_servers_own_lifetimes_and_profile(own_server):
    """Issue, lifetimes: global defaults as settings; a client's own win. MARTLET_PROFILE: the rules of who names none."""
    server = own_server(
        MARTLET_PROFILE="legacy", MARTLET_ACCESS_TOKEN_TTL="120", MARTLET_ID_TOKEN_TTL="90",
        MARTLET_REFRESH_TOKEN_TTL="300", MARTLET_SESSION_TTL="3600", MARTLET_AUTHORIZATION_CODE_TTL="1").start()
    user = server.user()
    assert server.public_client()["grantTypes"] == ["authorization_code", "refresh_token"]
    client = legacy(server, profile=None, grantTypes=["password", "refresh_token"], responseTypes=None)
    assert client["profile"] == "legacy"
    body = {"grant_type": "password", "username": user["username"], "password": user["password"]}
    tokens = server.post("/token", body, client).json()
    claims = verified(server, client, tokens["id_token"])
    assert tokens["expires_in"] == 120 and claims["exp"] - claims["iat"] == 90
    left = server.introspect(client, tokens["refresh_token"])["exp"] - time.time()
    assert 280 < left <= 300
    own = legacy(server, grantTypes=["password"], responseTypes=None, accessTokenTtl=60, idTokenTtl=61)
    tokens = server.post("/token", body, own).json()
    claims = verified(server, own, tokens["id_token"])
    assert tokens["expires_in"] == 60 and claims["exp"] - claims["iat"] == 61
    browser = Browser(server, user)
    answer = browser.log_in()
    [cookie] = [cookie for cookie in browser.session.cookies if cookie.name == "martlet_session"]
    assert 3500 < cookie.expires - time.time() <= 3600, answer
