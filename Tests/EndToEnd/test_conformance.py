"""The OpenID Foundation's certification profiles Basic, Implicit, Hybrid, Form Post and Config OP, module by module under the
modules' names. Each runs with every response type that its plan has, by redirect and by form post."""

import re
import time
import urllib.parse

import jwt
import pytest
import requests

from conformance import (
    CALLBACK, EVERYTHING, Party, check_page, check_token_error, check_userinfo, keys, metadata, password_pages, unsigned)
from martlet import API, Browser, Form, Server, new_verifier, until

ALL = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"]
MODES = {"redirect": False, "form_post": True}


@pytest.fixture(scope="module")
def server():
    """Of its own: one address sends more requests here than an address may, and passwords are cheap."""
    server = Server(
        MARTLET_RATE_LIMITS="off", MARTLET_PASSWORD_COST="14", MARTLET_PASSWORD_MEMORY="64").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def user(server):
    return server.user(**EVERYTHING)


@pytest.fixture(scope="module")
def browser(server, user):
    """Of somebody who has been logged in since whichever test came first."""
    return Browser(server, user)


@pytest.fixture
def new_browser(server, user):
    return Browser(server, user)


@pytest.fixture(scope="module")
def parties(server):
    return {
        f"{kind} by {mode}": Party(server, kind, form_post) for kind in ALL for mode, form_post in MODES.items()}


@pytest.fixture(scope="module")
def since_the_first_test(parties, server, user):
    """A browser and a login of each party from before all tests, so that the tests which need an old one need not wait."""
    logins = {}
    for name, party in parties.items():
        browser = Browser(server, user)
        wish = {"scope": "openid offline_access", "prompt": "consent"} if "code" in party.words else {}
        logins[name] = browser, party.login(browser, **wish)
    return logins


@pytest.fixture(scope="module")
def spent(parties, server, user):
    """Codes that were redeemed a while ago."""
    logins = [
        (party, party.login(Browser(server, user))) for name, party in parties.items()
        if "code" in party.words and not party.form_post]
    return logins, time.monotonic()


@pytest.fixture(scope="module", autouse=True)
def early(since_the_first_test, spent):
    """Both of them come before the first test."""


def variants(*kinds, modes=tuple(MODES)):
    return pytest.mark.parametrize("name", [f"{kind} by {mode}" for kind in kinds for mode in modes])


every = variants(*ALL)
with_code = variants(*[kind for kind in ALL if "code" in kind.split()])
with_access_token = variants(*[kind for kind in ALL if kind != "id_token"])


@every
def test_oidcc_server(parties, new_browser, name):
    """oidcc-server: Core §3.1, §3.2, §3.3; Multiple Response Types §5; a login with the user's consent, and
    all that comes is right."""
    login = parties[name].login(new_browser)
    assert login.claims["sub"] == new_browser.user["id"]


@every
def test_oidcc_response_type_missing(parties, browser, name):
    """oidcc-response-type-missing: RFC 6749 §3.1.1, §4.1.2.1."""
    party = parties[name]
    request = party.request(response_type=None)
    answer, _ = party.arrive(browser, request)
    party.refusal(answer, request, "invalid_request", "unsupported_response_type", in_query=True)


@every
def test_oidcc_idtoken_signature(parties, browser, name):
    """oidcc-idtoken-signature, oidcc-idtoken-rs256: Core §3.1.3.7, §10.1; without another wish RS256, with a kid."""
    party = parties[name]
    assert party.client["idTokenSignedResponseAlg"] == "RS256"
    party.login(browser)


def test_oidcc_idtoken_unsigned(server):
    """oidcc-idtoken-unsigned: Core §2; `none` is not offered, and cannot be had."""
    assert "none" not in metadata(server)["id_token_signing_alg_values_supported"]
    refused = server.manage("POST", "/oauth2/clients", json={
        "name": "A", "redirectUris": [CALLBACK], "allowedScopes": ["openid"], "idTokenSignedResponseAlg": "none"})
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_client_metadata"


@with_access_token
@pytest.mark.parametrize("way", ["get", "post-header", "post-body"])
def test_oidcc_userinfo(parties, server, browser, name, way):
    """oidcc-userinfo-get, -post-header, -post-body: Core §5.3.1, §5.3.2; RFC 6750 §2."""
    login = parties[name].login(browser)
    url, bearer = server.issuer + API + "/userinfo", {"Authorization": "Bearer " + login.access_token}
    if way == "get":
        answer = requests.get(url, headers=bearer, timeout=10)
    elif way == "post-header":
        answer = requests.post(url, headers=bearer, timeout=10)
    else:
        answer = requests.post(url, data={"access_token": login.access_token}, timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json()["sub"] == login.claims["sub"]


@pytest.mark.parametrize("authorization", [None, "Basic YTpi", "Digest x"])
def test_userinfo_without_a_token(server, authorization):
    """RFC 6750 §3.1: who sent no token is told of the scheme alone, with no error code."""
    answer = requests.get(
        server.issuer + API + "/userinfo", headers={"Authorization": authorization} if authorization else {}, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ") and "error" not in answer.headers["WWW-Authenticate"]


@variants("code", "code token")
def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(parties, browser, name):
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow: Core §3.1.2.1."""
    login = parties[name].login(browser, nonce=None)
    assert "nonce" not in login.claims


@variants("id_token", "id_token token", "code id_token", "code id_token token")
def test_oidcc_ensure_request_without_nonce_fails(parties, browser, name):
    """oidcc-ensure-request-without-nonce-fails: Core §3.2.2.1, §3.3.2.11."""
    party = parties[name]
    request = party.request(nonce=None)
    party.refusal(party.arrive(browser, request)[0], request, "invalid_request")


@every
@pytest.mark.parametrize("scope", ["profile", "email", "address", "phone", "profile email address phone"])
def test_oidcc_scope(parties, browser, name, scope):
    """oidcc-scope-profile, -email, -address, -phone, -all: Core §5.4; from UserInfo, or, where no access token can
    fetch them, from the ID token."""
    party = parties[name]
    login = party.login(browser, scope="openid " + scope)
    claims = party.userinfo(login.access_token).json() if login.access_token else login.claims
    check_userinfo(claims, "openid " + scope)


@every
def test_oidcc_ensure_other_scope_order_succeeds(parties, browser, name):
    """oidcc-ensure-other-scope-order-succeeds: RFC 6749 §3.3; openid need not come first."""
    login = parties[name].login(browser, scope="email openid")
    assert login.claims["sub"]


@every
@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(parties, new_browser, name, display):
    """oidcc-display-page, -popup: Core §3.1.2.1, §15.1; whatever it is, no error."""
    parties[name].login(new_browser, display=display)


@every
def test_oidcc_prompt_login(parties, since_the_first_test, name):
    """oidcc-prompt-login: Core §3.1.2.1; asked again, and auth_time says so."""
    party, (browser, _) = parties[name], since_the_first_test[name]
    first = party.login(browser)
    until(lambda: time.time() >= first.claims["auth_time"] + 1, pause=0.02)
    request = party.request(prompt="login")
    answer, pages = party.arrive(browser, request)
    assert len(password_pages(pages)) == 1
    second = party.accept(party.told(answer, request), request)
    assert second.claims["sub"] == first.claims["sub"] and second.claims["auth_time"] > first.claims["auth_time"]


@every
def test_oidcc_prompt_none_not_logged_in(parties, new_browser, name):
    """oidcc-prompt-none-not-logged-in: Core §3.1.2.6."""
    party = parties[name]
    request = party.request(prompt="none")
    answer, pages = party.arrive(new_browser, request)
    assert not pages
    party.refusal(answer, request, "login_required")


@every
@pytest.mark.parametrize("hinted", [False, True], ids=["alone", "with hint"])
def test_oidcc_prompt_none_logged_in(parties, browser, name, hinted):
    """oidcc-prompt-none-logged-in, oidcc-id-token-hint: Core §3.1.2.1; the same user and the same login, and no page."""
    party = parties[name]
    first = party.login(browser)
    request = party.request(prompt="none", id_token_hint=first.id_token if hinted else None)
    answer, pages = party.arrive(browser, request)
    assert not pages
    second = party.accept(party.told(answer, request), request)
    assert [second.claims[claim] for claim in ("sub", "auth_time")] == [first.claims[claim] for claim in ("sub", "auth_time")]


@every
def test_oidcc_max_age_1(parties, since_the_first_test, name):
    """oidcc-max-age-1: Core §3.1.2.1; a login of more than a second ago is not recent enough."""
    party, (browser, _) = parties[name], since_the_first_test[name]
    first = party.login(browser)
    until(lambda: time.time() >= first.claims["auth_time"] + 2, pause=0.02)
    request = party.request(max_age="1")
    answer, pages = party.arrive(browser, request)
    assert len(password_pages(pages)) == 1
    second = party.accept(party.told(answer, request), request)
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert second.claims["auth_time"] >= time.time() - 5


@every
def test_oidcc_max_age_10000(parties, browser, name):
    """oidcc-max-age-10000: Core §2, §3.1.2.1; recent enough, and auth_time is told."""
    party = parties[name]
    first = party.login(browser, max_age="15000")
    request = party.request(max_age="10000")
    answer, pages = party.arrive(browser, request)
    assert not pages
    second = party.accept(party.told(answer, request), request)
    assert [second.claims[claim] for claim in ("sub", "auth_time")] == [first.claims[claim] for claim in ("sub", "auth_time")]


@every
def test_oidcc_ensure_request_with_unknown_parameter_succeeds(parties, browser, name):
    """oidcc-ensure-request-with-unknown-parameter-succeeds: RFC 6749 §3.1, Core §3.1.2.1."""
    parties[name].login(browser, extra="foobar")


@every
def test_oidcc_login_hint(parties, new_browser, name):
    """oidcc-login-hint: Core §3.1.2.1; nobody of that name need exist, and the form has it written in."""
    party = parties[name]
    request = party.request(login_hint="buffy@127.0.0.1")
    answer, pages = party.arrive(new_browser, request)
    assert Form(pages[0].text).fields["username"] == "buffy@127.0.0.1"
    party.accept(party.told(answer, request), request)


@every
@pytest.mark.parametrize("locales, language", [("se", "en"), ("se de", "de"), ("de-AT", "de")])
def test_oidcc_ui_locales(parties, new_browser, name, locales, language):
    """oidcc-ui-locales: Core §3.1.2.1; a language that is not there is no error."""
    party = parties[name]
    request = party.request(ui_locales=locales)
    answer, pages = party.arrive(new_browser, request)
    assert f'lang="{language}"' in pages[0].text
    party.accept(party.told(answer, request), request)


@every
def test_oidcc_claims_locales(parties, browser, name):
    """oidcc-claims-locales: Core §3.1.2.1, §5.2."""
    parties[name].login(browser, claims_locales="se")


@every
def test_oidcc_ensure_request_with_acr_values_succeeds(parties, server, browser, name):
    """oidcc-ensure-request-with-acr-values-succeeds: Core §3.1.2.1; of those that are offered the answer has one, and those
    that nobody knows are no error."""
    offered = metadata(server)["acr_values_supported"]
    assert parties[name].login(browser, acr_values=" ".join(offered)).claims["acr"] in offered
    parties[name].login(browser, acr_values="1 2")


@with_code
def test_oidcc_codereuse(parties, browser, name):
    """oidcc-codereuse: RFC 6749 §4.1.2, §5.2; Core §3.1.3.2."""
    party = parties[name]
    login = party.login(browser)
    check_token_error(party.redeem(login.told["code"]), "invalid_grant")
    assert party.userinfo(login.access_token).status_code == 401


@every
def test_oidcc_ensure_registered_redirect_uri(parties, browser, name):
    """oidcc-ensure-registered-redirect-uri: Core §3.1.2.1, RFC 9700 §4.1.3."""
    party = parties[name]
    for uri in (CALLBACK + "/other", "https://evil.example/cb"):
        check_page(browser.get(party.url(party.request(redirect_uri=uri))), "redirect_uri")


@every
def test_oidcc_ensure_redirect_uri_in_authorization_request(parties, browser, name):
    """oidcc-ensure-redirect-uri-in-authorization-request: Core §3.1.2.1; even where only one is registered."""
    party = parties[name]
    check_page(browser.get(party.url(party.request(redirect_uri=None))), "redirect_uri")


@every
def test_oidcc_ensure_post_request_succeeds(parties, browser, name):
    """oidcc-ensure-post-request-succeeds: Core §3.1.2.1."""
    parties[name].login(browser, method="POST")


@variants(*[kind for kind in ALL if "code" in kind.split()], modes=["redirect"])
def test_oidcc_server_client_secret_post(server, browser, name):
    """oidcc-server-client-secret-post: RFC 6749 §2.3.1, Core §9; and Basic is then refused, having not been registered."""
    party = Party(server, name.removesuffix(" by redirect"), tokenEndpointAuthMethod="client_secret_post")
    request = party.request()
    answer, _ = party.arrive(browser, request)
    code = party.told(answer, request)["code"]
    basic = party.redeem(code)
    assert basic.status_code == 401 and basic.json()["error"] == "invalid_client"
    posted = server.post("/token", {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": party.identifier,
        "client_secret": party.client["clientSecret"]})
    tokens = party.tokens(posted)
    party.judged(tokens["id_token"], request, access_token=tokens["access_token"])


@every
def test_oidcc_request_uri_unsigned(parties, server, browser, name):
    """oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: Core §3.1.2.6, §6.2. Said to be
    missing in so many words: what is left out counts as supported (Discovery §3)."""
    assert metadata(server)["request_uri_parameter_supported"] is False
    party = parties[name]
    request = party.request(request_uri="https://rp.example/request.jwt", state=None, nonce=None)
    party.refusal(party.arrive(browser, request)[0], request, "request_uri_not_supported")


@every
def test_oidcc_unsigned_request_object(parties, server, browser, name):
    """oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: Core §3.1.2.6, §6.1; never passed
    over, since what it says is what is meant."""
    told = metadata(server)
    assert told["request_parameter_supported"] is False and "request_object_signing_alg_values_supported" not in told
    party = parties[name]
    wish = party.request()
    request = party.request(
        request=unsigned({**wish, "iss": party.identifier, "aud": server.issuer}), state=None, nonce=None)
    party.refusal(party.arrive(browser, request)[0], request, "request_not_supported")


@every
def test_oidcc_ensure_request_object_with_redirect_uri(parties, browser, name):
    """oidcc-ensure-request-object-with-redirect-uri: Core §6.1; without request objects the address outside is the only one,
    and a wrong one leads nowhere."""
    party = parties[name]
    request = party.request(request=unsigned(party.request()), redirect_uri="https://rp.example/cb/wrong")
    check_page(browser.get(party.url(request)), "redirect_uri")


@every
def test_registration_parameter(parties, browser, name):
    """Core §7.2.1, §3.1.2.6: the parameter `registration` is no way to register."""
    party = parties[name]
    request = party.request(registration='{"client_name":"x"}')
    party.refusal(party.arrive(browser, request)[0], request, "registration_not_supported")


@every
def test_oidcc_claims_essential(parties, browser, name):
    """oidcc-claims-essential: Core §5.5, §5.5.1; the claim comes where it was asked for, and not in the ID token as well."""
    party = parties[name]
    place = "id_token" if party.response_type == "id_token" else "userinfo"
    login = party.login(browser, claims='{"%s":{"name":{"essential":true}}}' % place)
    if place == "id_token":
        assert login.claims["name"] == EVERYTHING["name"]
    else:
        assert party.userinfo(login.access_token).json()["name"] == EVERYTHING["name"]
        assert "name" not in login.claims


@with_code
def test_oidcc_refresh_token(parties, server, since_the_first_test, name):
    """oidcc-refresh-token: RFC 6749 §6, §10.4; Core §11, §12.2; a new ID token of the same login, and the token is bound
    to its client."""
    assert "refresh_token" in metadata(server)["grant_types_supported"]
    party, (_, first) = parties[name], since_the_first_test[name]
    token = first.tokens["refresh_token"]
    assert re.fullmatch(r"[\x20-\x7e]{43,}", token)
    foreign = next(other for other in parties.values() if "code" in other.words and other is not party)
    check_token_error(foreign.token(grant_type="refresh_token", refresh_token=token), "invalid_grant")
    until(lambda: time.time() >= first.claims["iat"] + 1, pause=0.02)
    second = party.tokens(party.token(grant_type="refresh_token", refresh_token=token, scope="openid"))
    assert second["access_token"] != first.access_token and second["scope"] == "openid"
    assert party.userinfo(second["access_token"]).json()["sub"] == first.claims["sub"]
    # Core §12.2: the nonce should not be there, and if it is, it is the first one.
    repeated = jwt.decode(second["id_token"], options={"verify_signature": False})
    nonce = {"nonce": first.claims["nonce"]} if "nonce" in repeated else {}
    claims = party.judged(second["id_token"], nonce, access_token=second["access_token"])
    for claim in ("iss", "sub", "aud", "auth_time", "azp", "sid"):
        assert claims.get(claim) == first.claims.get(claim), claim
    assert claims["iat"] > first.claims["iat"]


@with_code
def test_oidcc_ensure_request_with_valid_pkce_succeeds(parties, server, browser, name):
    """oidcc-ensure-request-with-valid-pkce-succeeds: RFC 7636 §4."""
    party, verifier = parties[name], new_verifier()
    query = urllib.parse.urlsplit(server.authorize_url(party.client, verifier)).query
    challenge = dict(urllib.parse.parse_qsl(query))["code_challenge"]
    request = party.request(code_challenge=challenge, code_challenge_method="S256")
    answer, _ = party.arrive(browser, request)
    told = party.told(answer, request)
    check_token_error(party.redeem(told["code"]), "invalid_grant")
    check_token_error(party.redeem(told["code"], code_verifier=new_verifier()), "invalid_grant")
    party.accept(told, request, code_verifier=verifier)


@with_code
def test_pkce_refusals(parties, server, browser, name):
    """RFC 7636 §4.4.1, RFC 9700 §2.1.1, §4.8.2: `plain` is refused, a method needs a challenge, a verifier needs one, too."""
    party = parties[name]
    for changes in ({"code_challenge": "a" * 43, "code_challenge_method": "plain"}, {"code_challenge": "a" * 43},
                    {"code_challenge_method": "S256"}, {"code_challenge": "a" * 42, "code_challenge_method": "S256"}):
        request = party.request(**changes)
        party.refusal(party.arrive(browser, request)[0], request, "invalid_request")
    request = party.request()
    told = party.told(party.arrive(browser, request)[0], request)
    check_token_error(party.redeem(told["code"], code_verifier=new_verifier()), "invalid_grant")
    party.accept(told, request)
    strict = Party(server, party.response_type, party.form_post, requirePkce=True)
    request = strict.request()
    strict.refusal(strict.arrive(browser, request)[0], request, "invalid_request")


@with_code
def test_a_code_is_bound_to_its_client_and_redirect_uri(parties, browser, name):
    """RFC 6749 §4.1.3, Core §3.1.3.2: what does not match is `invalid_grant`, and does not use the code up."""
    party = parties[name]
    request = party.request()
    told = party.told(party.arrive(browser, request)[0], request)
    foreign = next(other for other in parties.values() if "code" in other.words and other is not party)
    check_token_error(foreign.redeem(told["code"]), "invalid_grant")
    check_token_error(party.redeem(told["code"], redirect_uri="https://rp.example/other"), "invalid_grant")
    missing = party.token(grant_type="authorization_code", code=told["code"])
    assert missing.status_code == 400 and missing.json()["error"] in ("invalid_grant", "invalid_request")
    party.accept(told, request)


@pytest.mark.parametrize("kind", ALL)
def test_oidcc_redirect_uri_query(server, browser, kind):
    """oidcc-redirect-uri-query-OK, -mismatch, -added: Core §3.1.2.1, RFC 6749 §3.1.2; a registered query is kept, and another
    one is another address."""
    party = Party(server, kind, redirectUris=[CALLBACK + "?foo=bar"])
    party.login(browser)
    for uri in (CALLBACK + "?foo=baz", CALLBACK + "?foo=bar&bar=foo", CALLBACK, CALLBACK + "?"):
        check_page(browser.get(party.url(party.request(redirect_uri=uri))), "redirect_uri")
    plain = Party(server, kind)
    check_page(browser.get(plain.url(plain.request(redirect_uri=CALLBACK + "?foo=bar"))), "redirect_uri")


def test_oidcc_redirect_uri_regfrag(server):
    """oidcc-redirect-uri-regfrag: RFC 6749 §3.1.2."""
    for uri in (CALLBACK + "#foobar", CALLBACK + "#"):
        refused = server.manage("POST", "/oauth2/clients", json={
            "name": "A", "redirectUris": [uri], "allowedScopes": ["openid"]})
        assert refused.status_code == 400 and refused.json()["error"] == "invalid_redirect_uri"


def test_oidcc_registration_policy_uri_and_tos_uri(server, new_browser):
    """oidcc-registration-policy-uri, oidcc-registration-tos-uri: Dynamic Client Registration §2; both stand on the page that
    asks the user."""
    party = Party(server, policyUri="https://rp.example/policy", tosUri="https://rp.example/terms")
    _, pages = party.arrive(new_browser, party.request())
    for address in ("https://rp.example/policy", "https://rp.example/terms"):
        assert f'href="{address}"' in pages[-1].text


def test_oidcc_ensure_client_assertion_with_iss_aud(parties, server):
    """oidcc-ensure-client-assertion-with-iss-aud-succeeds: not offered, and then refused as RFC 7521 §4.2.1 has it."""
    assert metadata(server)["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post", "none"]
    party = parties["code by redirect"]
    answer = server.post("/token", {
        "grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK, "client_id": party.identifier,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": unsigned({"iss": party.identifier, "sub": party.identifier, "aud": server.issuer})})
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"


def test_oidcc_discovery_endpoint_verification(server):
    """oidcc-discovery-endpoint-verification: Discovery §3, §4.3, §7.2; RFC 8414 §2."""
    told = metadata(server)
    # oidcc-discovery-issuer-not-matching-config: the address that it was read from is made of the issuer.
    assert told["issuer"] == server.issuer
    assert not urllib.parse.urlsplit(told["issuer"]).query and not urllib.parse.urlsplit(told["issuer"]).fragment
    assert {"code", "id_token", "id_token token"} <= set(told["response_types_supported"])
    assert {"authorization_code", "implicit", "refresh_token"} <= set(told["grant_types_supported"])
    assert told["subject_types_supported"] == ["public"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    for name in ("authorization", "token", "userinfo", "revocation", "introspection", "end_session"):
        assert told[name + "_endpoint"].startswith(server.issuer + "/")
    assert told["jwks_uri"] == server.issuer + "/.well-known/jwks.json"
    assert told["claims_parameter_supported"] is True
    assert {"sub", "iss", "auth_time", "acr", "name", "email", "address", "phone_number"} <= set(told["claims_supported"])
    assert {"openid", "profile", "email", "address", "phone", "offline_access"} <= set(told["scopes_supported"])
    assert all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope) for scope in told["scopes_supported"])
    assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", tag) for tag in told["ui_locales_supported"])
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert {"query", "fragment", "form_post"} == set(told["response_modes_supported"])
    assert told["authorization_response_iss_parameter_supported"] is True
    assert not [name for name, value in told.items() if value in ([], None, "")]
    # What is not there is not promised, by a parameter's default neither (Discovery §3).
    assert not {
        "registration_endpoint", "pushed_authorization_request_endpoint", "require_request_uri_registration",
        "userinfo_signing_alg_values_supported", "id_token_encryption_alg_values_supported", "check_session_iframe",
        "dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens"} & set(told)


def test_the_published_keys(server):
    """oidcc-discovery-endpoint-verification, second half: RFC 7517 §4, RFC 7518 §6; kids that differ, no private member, and
    base64url without padding."""
    published = keys(server)["keys"]
    assert published and len({key["kid"] for key in published}) == len(published)
    for key in published:
        assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & set(key)
        assert key["use"] == "sig" and (key["kty"], key["alg"]) in (("RSA", "RS256"), ("EC", "ES256"))
        for member in {"RSA": ("n", "e"), "EC": ("x", "y")}[key["kty"]]:
            assert re.fullmatch(r"[A-Za-z0-9_-]+", key[member])


def test_oidcc_server_rotate_keys(parties, server, browser):
    """oidcc-server-rotate-keys: Core §10.1.1; new tokens by the new key, and those of the old one go on being verified."""
    party = parties["code by redirect"]
    before = {key["kid"] for key in keys(server)["keys"]}
    request = party.request()
    old = party.accept(party.told(party.arrive(browser, request)[0], request), request)
    made = server.command("keys", "generate", "--activate-in", "0", "--json")
    assert made.returncode == 0, made.stderr
    until(lambda: {key["kid"] for key in keys(server)["keys"]} > before)
    [fresh] = {key["kid"] for key in keys(server)["keys"]} - before
    assert jwt.get_unverified_header(party.login(browser).id_token)["kid"] == fresh
    assert jwt.get_unverified_header(old.id_token)["kid"] in before
    party.judged(old.id_token, request, access_token=old.access_token)


def test_oidcc_codereuse_30seconds(spent):
    """oidcc-codereuse-30seconds: RFC 6749 §4.1.2; long after, it is still known that the code was used, and what it
    brought is dead. Last in the file: by now the thirty seconds are over, or nearly."""
    logins, redeemed_at = spent
    until(lambda: time.monotonic() >= redeemed_at + 30, seconds=60)
    for party, login in logins:
        assert party.userinfo(login.access_token).status_code == 200
        check_token_error(party.redeem(login.told["code"]), "invalid_grant")
        assert party.userinfo(login.access_token).status_code == 401
        check_token_error(
            party.token(grant_type="refresh_token", refresh_token=login.tokens["refresh_token"]), "invalid_grant")
