"""A real relying party logs a real user in; a service verifies the tokens from the JWKS alone."""

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

from martlet import API, Browser, new_verifier, parameters_of


def discovery(server):
    return requests.get(server.issuer + "/.well-known/openid-configuration", timeout=10).json()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_logs_a_user_in(server, user, method):
    """OpenID Connect Core §3.1: the code flow as Authlib runs it, with every client authentication method."""
    make = server.public_client if method == "none" else server.client
    client = make(tokenEndpointAuthMethod=method)
    metadata = discovery(server)
    session = OAuth2Session(
        client["clientId"], client.get("clientSecret"), scope="openid profile email offline_access",
        redirect_uri=client["redirectUris"][0], token_endpoint_auth_method=method, code_challenge_method="S256")
    verifier = new_verifier()
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-1")
    browser = Browser(server, user)
    answer = browser.authorize(url)
    assert answer["state"] == state
    assert answer["iss"] == server.issuer
    token = session.fetch_token(metadata["token_endpoint"], code=answer["code"], code_verifier=verifier, state=state)
    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = JsonWebToken(["RS256"]).decode(token["id_token"], keys, claims_options={
        "iss": {"essential": True, "value": server.issuer}, "aud": {"essential": True, "value": client["clientId"]}})
    claims.validate()
    assert claims["nonce"] == "n-1" and claims["sub"] == user["id"]
    profile = session.get(metadata["userinfo_endpoint"]).json()
    assert profile["sub"] == user["id"]
    assert profile["name"] == "Anna Example" and profile["email"] == "anna@example.org"
    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert refreshed["access_token"] != token["access_token"]
    assert refreshed["refresh_token"] != token["refresh_token"]


def test_a_service_verifies_offline(server, client, browser, user):
    """RFC 9068 §4: PyJWT and joserfc verify both JWTs by the published keys alone."""
    tokens = server.tokens(client, browser, nonce="n-2", scope="openid profile")
    keys = jwt.PyJWKClient(server.issuer + "/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(tokens["access_token"])
    access = jwt.decode(
        tokens["access_token"], key.key, algorithms=["RS256"], audience=server.issuer, issuer=server.issuer)
    assert jwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"
    assert set(access) >= {"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"}
    assert access["sub"] == user["id"] and access["client_id"] == client["clientId"]
    identity = jwt.decode(
        tokens["id_token"], key.key, algorithms=["RS256"], audience=client["clientId"], issuer=server.issuer)
    assert identity["nonce"] == "n-2" and identity["sid"]
    assert {"auth_time", "acr", "amr", "at_hash"} <= set(identity)
    published = requests.get(server.issuer + "/.well-known/jwks.json", timeout=10).json()
    again = joserfc_jwt.decode(tokens["id_token"], joserfc_jwk.KeySet.import_key_set(published))
    assert again.claims == identity


def test_client_credentials(server, client):
    """RFC 6749 §4.4: the token stands for the client itself; openid and offline_access are left out."""
    answer = server.token(client, grant_type="client_credentials", scope="openid contracts:read offline_access")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["scope"] == "contracts:read" and body["token_type"] == "Bearer"
    assert "refresh_token" not in body and "id_token" not in body
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["sub"] == claims["client_id"] == client["clientId"] and claims["aud"] == server.issuer


def test_json_body_means_the_same(server, client):
    """Contract: the token endpoint takes the same members as a JSON object."""
    answer = requests.post(server.issuer + API + "/token", timeout=10, json={
        "grant_type": "client_credentials", "client_id": client["clientId"],
        "client_secret": client["clientSecret"]})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_response_modes(server, client, user, mode):
    """OAuth 2.0 Multiple Response Types §2.1 and Form Post Response Mode: every answer has code, state and iss."""
    browser = Browser(server, user)
    browser.log_in()
    url = server.authorize_url(client, new_verifier(), response_mode=mode, state="abc")
    answer = browser.get(url)
    if mode == "form_post":
        from martlet import Form
        form = Form(answer.text)
        assert form.action == client["redirectUris"][0]
        fields = form.fields
    else:
        location = answer.headers["Location"]
        assert ("#" in location) == (mode == "fragment")
        fields = parameters_of(location)
    assert fields["state"] == "abc" and fields["iss"] == server.issuer and fields["code"].startswith("mlt_ac_")


def test_authorize_by_post_parks_the_request(server, client, user):
    """OpenID Connect Core §3.1.2.1: POST works like GET, by way of a redirect to where the cookies are."""
    browser = Browser(server, user)
    verifier = new_verifier()
    parameters = parameters_of(server.authorize_url(client, verifier))
    answer = browser.post(server.issuer + API + "/authorize", parameters)
    assert answer.status_code == 303
    page = browser.follow(answer)
    end = browser.submit(page, "", username=user["username"], password=user["password"])
    assert "code" in parameters_of(end.headers["Location"])


def test_prompt_and_max_age_really_authenticate_again(server, client, user):
    """OpenID Connect Core §3.1.2.1: prompt=login and max_age ask for the password and move auth_time."""
    browser = Browser(server, user)
    first = jwt.decode(server.tokens(client, browser)["id_token"], options={"verify_signature": False})
    pages = len(browser.pages)
    import time
    time.sleep(1.1)  # auth_time has whole seconds.
    again = jwt.decode(
        server.tokens(client, browser, prompt="login")["id_token"], options={"verify_signature": False})
    assert len(browser.pages) == pages + 1
    assert again["auth_time"] > first["auth_time"]
    server.tokens(client, browser, max_age="0")
    assert len(browser.pages) == pages + 2
    server.tokens(client, browser, max_age="10000")
    assert len(browser.pages) == pages + 2


def test_prompt_none(server, user):
    """OpenID Connect Core §3.1.2.6: login_required and consent_required instead of a page."""
    client = server.client()
    browser = Browser(server, user)
    url = server.authorize_url(client, new_verifier(), prompt="none")
    assert browser.authorize(url)["error"] == "login_required"
    browser.log_in()
    assert browser.authorize(url)["error"] == "consent_required"
    server.tokens(client, browser)
    assert "code" in browser.authorize(url)


def test_consent_is_asked_once_and_may_be_denied(server, user):
    """OpenID Connect Core §3.1.2.4; RFC 6749 §4.1.2.1 access_denied."""
    client = server.client()
    browser = Browser(server, user)
    browser.log_in()
    denied = browser.authorize(server.authorize_url(client, new_verifier()), consent="Deny")
    assert denied["error"] == "access_denied" and denied["iss"] == server.issuer
    server.tokens(client, browser)
    before = len(browser.pages)
    server.tokens(client, browser)
    assert len(browser.pages) == before


def test_userinfo_forms(server, client, browser):
    """RFC 6750 §2: header or form body, never the query; §3: the challenge says what is wrong."""
    tokens = server.tokens(client, browser)
    url = server.issuer + API + "/userinfo"
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    assert requests.get(url, headers=bearer, timeout=10).status_code == 200
    assert requests.post(url, headers=bearer, timeout=10).status_code == 200
    assert requests.post(url, data={"access_token": tokens["access_token"]}, timeout=10).status_code == 200
    in_query = requests.get(url, params={"access_token": tokens["access_token"]}, timeout=10)
    assert in_query.status_code in (400, 401)
    nothing = requests.get(url, timeout=10)
    assert nothing.status_code == 401
    assert nothing.headers["WWW-Authenticate"].startswith("Bearer") and "error" not in nothing.headers["WWW-Authenticate"]
    bad = requests.get(url, headers={"Authorization": "Bearer x"}, timeout=10)
    assert bad.status_code == 401 and 'error="invalid_token"' in bad.headers["WWW-Authenticate"]
    machine = server.token(client, grant_type="client_credentials").json()["access_token"]
    short = requests.get(url, headers={"Authorization": "Bearer " + machine}, timeout=10)
    assert short.status_code in (401, 403)


def test_revocation_and_introspection(server, client, browser):
    """RFC 7009 §2, RFC 7662 §2, CVE-2016-6582: what is revoked is dead at once, and nobody else is told anything."""
    tokens = server.tokens(client, browser)
    assert server.introspect(client, tokens["access_token"])["active"] is True
    assert server.introspect(client, tokens["refresh_token"])["active"] is True
    other = server.client()
    assert server.introspect(other, tokens["access_token"]) == {"active": False}
    reader = server.client(mayIntrospect=True)
    assert server.introspect(reader, tokens["access_token"])["active"] is True
    foreign = server.post("/revoke", {"token": tokens["refresh_token"]}, other)
    assert foreign.status_code in (200, 400)
    assert server.introspect(client, tokens["refresh_token"])["active"] is True
    assert server.post("/revoke", {"token": tokens["refresh_token"]}, client).status_code == 200
    assert server.introspect(client, tokens["access_token"]) == {"active": False}
    assert server.introspect(client, tokens["refresh_token"]) == {"active": False}
    assert server.post("/revoke", {"token": "unknown"}, client).status_code == 200


def test_discovery(server):
    """OpenID Connect Discovery §3, RFC 8414 §2: what works and nothing else; no empty arrays; ETag."""
    metadata = discovery(server)
    assert metadata["issuer"] == server.issuer
    assert metadata == requests.get(
        server.issuer + "/.well-known/oauth-authorization-server", timeout=10).json()
    assert all(value != [] for value in metadata.values())
    assert set(metadata["response_types_supported"]) == {
        "code", "id_token", "token", "id_token token", "code id_token", "code token", "code id_token token"}
    assert "implicit" in metadata["grant_types_supported"] and "password" not in metadata["grant_types_supported"]
    assert set(metadata["response_modes_supported"]) == {"query", "fragment", "form_post"}
    assert metadata["request_parameter_supported"] is False
    assert "registration_endpoint" not in metadata
    answer = requests.get(server.issuer + "/.well-known/jwks.json", timeout=10)
    etag = answer.headers["ETag"]
    again = requests.get(server.issuer + "/.well-known/jwks.json", headers={"If-None-Match": etag}, timeout=10)
    assert again.status_code == 304 and again.content == b""


def test_claims_parameter_needs_consent(server, user):
    """OpenID Connect Core §5.5, CVE-2026-75866: a claim by name is told if the client may have it and the user allows."""
    import json

    wish = json.dumps({"userinfo": {"email": None, "phone_number": None}, "id_token": {"email": {"essential": True}}})
    narrow = server.client(allowedScopes=["openid"])
    browser = Browser(server, user)
    tokens = server.tokens(narrow, browser, scope="openid", claims=wish)
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    assert requests.get(server.issuer + API + "/userinfo", headers=bearer, timeout=10).json() == {"sub": user["id"]}
    wide = server.client()
    tokens = server.tokens(wide, browser, scope="openid", claims=wish)
    assert "e-mail address" in browser.pages[-1].text
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["email"] == "anna@example.org"
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    profile = requests.get(server.issuer + API + "/userinfo", headers=bearer, timeout=10).json()
    assert profile == {"sub": user["id"], "email": "anna@example.org"}


def test_two_tabs_and_a_page_sent_twice(server, client, user):
    """Contract: parallel logins do not disturb one another; a form sent twice gives a fresh code, never the first."""
    browser = Browser(server, user)
    pages = [browser.follow(browser.get(server.authorize_url(client, new_verifier()))) for _ in range(2)]
    codes = []
    for page in (pages[1], pages[0], pages[0]):
        end = browser.submit(page, "", username=user["username"], password=user["password"])
        codes.append(parameters_of(end.headers["Location"])["code"])
    assert len(set(codes)) == 3


def test_a_waiting_request_belongs_to_its_browser(server, client, user):
    """hydra #770, CVE-2026-7507: another browser cannot finish it, even with the right password."""
    browser, other = Browser(server, user), Browser(server, user)
    page = browser.follow(browser.get(server.authorize_url(client, new_verifier())))
    stolen = other.get(page.url)
    assert stolen.status_code in (400, 403, 404, 410)
    end = other.submit(page, "", username=user["username"], password=user["password"])
    assert "Location" not in end.headers and end.status_code >= 400


def test_an_admin_token_ends_with_the_clients_right(server):
    """GHSA-895x-rfqp-jh5c: management checks what the client may have today."""
    client = server.client(grantTypes=["client_credentials"], allowedScopes=["admin"], redirectUris=None)
    token = server.token(client, grant_type="client_credentials", scope="admin").json()["access_token"]
    bearer = {"Authorization": "Bearer " + token}
    assert requests.get(server.issuer + "/api/v1/users", headers=bearer, timeout=10).status_code == 200
    server.manage("PATCH", f"/oauth2/clients/{client['clientId']}", json={"allowedScopes": ["contracts:read"]})
    assert requests.get(server.issuer + "/api/v1/users", headers=bearer, timeout=10).status_code == 403
