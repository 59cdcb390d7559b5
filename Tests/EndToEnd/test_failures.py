"""Real failures of the field, tried on this server: a test a row of the table in docs/threat-model.md. Rows that fit
beside other tests stand there."""

import base64
import hashlib
import hmac
import html
import itertools
import secrets

import jwt
import pytest
import requests

from martlet import API, Browser, new_verifier, parameters_of, until


def is_refused(answer, *codes, status=(400,)):
    """Whether this is the standard error, and one of those."""
    assert answer.status_code in status, (answer.status_code, answer.text)
    assert answer.json()["error"] in codes, answer.text
    return True


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


# Scopes and grants


def test_client_credentials_get_no_scope_that_is_not_configured(server):
    """CVE-2024-52287, RFC 6749 §4.4.3, §3.3: asked for or not, a client gets what its registration has today."""
    client = server.client(grantTypes=["client_credentials"], allowedScopes=["contracts:read"], redirectUris=None)
    for scope in ("admin", "contracts:write", "contracts:read contracts:write", "openid email", "account"):
        assert is_refused(server.token(client, grant_type="client_credentials", scope=scope), "invalid_scope")
    for changes in ({}, {"scope": ""}, {"scope": " "}, {"scope": "contracts:read"}):
        answer = server.token(client, grant_type="client_credentials", **changes)
        assert answer.status_code == 200 and answer.json()["scope"] == "contracts:read"
        assert claims_of(answer.json()["access_token"])["scope"] == "contracts:read"
    # What a client may have beside others is not given to one that did not ask for it.
    powerful = server.client(
        grantTypes=["client_credentials"], allowedScopes=["admin", "contracts:read"], redirectUris=None)
    assert server.token(powerful, grant_type="client_credentials").json()["scope"] == "contracts:read"
    path = f"/oauth2/clients/{client['clientId']}"
    assert server.manage("PATCH", path, json={"allowedScopes": ["contracts:write"]}).status_code == 200
    assert server.token(client, grant_type="client_credentials").json()["scope"] == "contracts:write"
    assert is_refused(server.token(client, grant_type="client_credentials", scope="contracts:read"), "invalid_scope")


def test_no_grant_outside_the_registration(server, user):
    """CVE-2026-75866, RFC 6749 §5.2 unauthorized_client: each grant only for clients that are registered for it."""
    machine = server.client(grantTypes=["client_credentials"], allowedScopes=["contracts:read"], redirectUris=None)
    code_only = server.client(grantTypes=["authorization_code"], firstParty=True)
    for client, grants in ((machine, ["authorization_code", "refresh_token"]),
                           (code_only, ["refresh_token", "client_credentials"])):
        for grant in grants:
            answer = server.token(
                client, grant_type=grant, code="x", redirect_uri="https://rp.example/cb", refresh_token="x")
            assert is_refused(answer, "unauthorized_client")
    assert "refresh_token" not in server.tokens(code_only, Browser(server, user))


def test_offline_access_ends_with_the_clients_right_to_it(server, user):
    """GHSA-895x-rfqp-jh5c, RFC 6749 §6: a refresh gives what the client may have today, not what it was granted once."""
    client = server.client()
    tokens = server.tokens(client, Browser(server, user), scope="openid email profile offline_access")
    path = f"/oauth2/clients/{client['clientId']}"
    server.manage("PATCH", path, json={"allowedScopes": ["openid", "profile", "offline_access"]})
    narrower = server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert set(narrower["scope"].split()) == {"openid", "profile", "offline_access"}
    server.manage("PATCH", path, json={"allowedScopes": ["openid", "profile"]})
    answer = server.token(client, grant_type="refresh_token", refresh_token=narrower["refresh_token"])
    assert is_refused(answer, "invalid_grant")


def test_a_code_gives_what_the_client_may_have_today(server, user):
    """GHSA-895x-rfqp-jh5c: a scope that is taken away between the code and its redemption is not in the token."""
    client = server.client()
    verifier = new_verifier()
    code = server.code(client, Browser(server, user), verifier, scope="openid email profile")
    server.manage("PATCH", f"/oauth2/clients/{client['clientId']}", json={"allowedScopes": ["openid", "profile"]})
    answer = server.redeem(client, code, verifier).json()
    assert answer["scope"].split() == ["openid", "profile"]
    assert server.introspect(client, answer["access_token"])["scope"] == answer["scope"]


# PKCE


def test_a_verifier_without_a_challenge(server, user):
    """league/oauth2-server #1323, kanidm #1097, RFC 9700 §2.1.1, §4.8.2: a verifier for a code that had no challenge is
    refused, not ignored, and the code is not used up by it. (An empty one is none at all: RFC 6749 §3.2.)"""
    client = server.client(firstParty=True, requirePkce=False)
    code = server.code(client, Browser(server, user), None)
    for verifier in (new_verifier(), "a" * 43, "a"):
        assert is_refused(server.redeem(client, code, verifier), "invalid_grant")
    assert server.redeem(client, code, None).status_code == 200


def test_a_challenge_without_a_verifier(server, user):
    """CVE-2023-48228, RFC 7636 §4.6: leaving a parameter out, or empty, does not switch the check off."""
    client = server.public_client(firstParty=True)
    verifier = new_verifier()
    code = server.code(client, Browser(server, user), verifier)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    for wrong in (None, "", " ", challenge, verifier[:-1], verifier + "a"):
        assert is_refused(server.redeem(client, code, wrong), "invalid_grant", "invalid_request")
    assert server.redeem(client, code, verifier).status_code == 200


def test_nothing_weak_is_offered_or_taken(server, client):
    """CVE-2026-67336, RFC 7636 §4.2, RFC 8725 §3.2: no `none` among the algorithms, no plain challenge."""
    metadata = requests.get(server.issuer + "/.well-known/openid-configuration", timeout=10).json()
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    algorithms = {name: value for name, value in metadata.items() if "_alg_" in name}
    assert algorithms and not [name for name, value in algorithms.items() if "none" in value]
    for changes in ({"code_challenge_method": "plain"}, {"code_challenge_method": None}, {"code_challenge_method": ""}):
        url = server.authorize_url(client, None, code_challenge="a" * 43, **changes)
        answer = requests.get(url, allow_redirects=False, timeout=10)
        told = parameters_of(answer.headers["Location"])
        assert told["error"] == "invalid_request" and "code_challenge_method" in told["error_description"]


# Who the client is


def unproven(client):
    """Ways to claim to be a client without its secret: header and form fields."""
    identifier = client["clientId"]
    return [
        (None, {}), (None, {"client_id": identifier}), (None, {"client_id": identifier, "client_secret": ""}),
        (None, {"client_id": identifier, "client_secret": "null"}), ((identifier, ""), {}), ((identifier, "x"), {}),
    ]


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token", "client_credentials"])
def test_every_grant_asks_for_the_secret(server, user, grant):
    """CVE-2026-53512, DRUPAL-CONTRIB-2022-002, CVE-2026-44476, RFC 6749 §3.2.1: a confidential client proves who it is in
    every grant, and whoever does not uses nothing up."""
    client = server.client(firstParty=True)
    browser, verifier = Browser(server, user), new_verifier()
    parameters = {"grant_type": grant}
    if grant == "authorization_code":
        parameters |= {"code": server.code(client, browser, verifier), "code_verifier": verifier,
                       "redirect_uri": client["redirectUris"][0]}
    if grant == "refresh_token":
        parameters["refresh_token"] = server.tokens(client, browser)["refresh_token"]
    for auth, fields in unproven(client):
        answer = requests.post(server.issuer + API + "/token", data={**parameters, **fields}, auth=auth, timeout=10)
        assert is_refused(answer, "invalid_client", status=(401,))
    if grant != "client_credentials":
        # Another client, rightly authenticated, confidential or public, is not the one either.
        for other in (server.client(redirectUris=client["redirectUris"]),
                      server.public_client(redirectUris=client["redirectUris"])):
            assert is_refused(server.token(other, **parameters), "invalid_grant")
    assert server.token(client, **parameters).status_code == 200


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_clients_cannot_be_told_apart(server, path):
    """Keycloak #26110, RFC 6749 §5.2: whether a client exists does not show, byte for byte."""
    known = server.client(tokenEndpointAuthMethod="client_secret_basic")["clientId"]
    unknown = secrets.token_urlsafe(len(known) * 3 // 4)[:len(known)]
    fields = {"grant_type": "client_credentials", "token": "x"}

    def told(identifier, way):
        auth, more = way(identifier)
        answer = requests.post(server.issuer + API + path, data={**fields, **more}, auth=auth, timeout=10)
        assert is_refused(answer, "invalid_client", status=(401,))
        headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "X-Request-Id")}
        return answer.content, headers

    for way in (lambda name: ((name, "wrong"), {}), lambda name: (None, {"client_id": name}),
                lambda name: (None, {"client_id": name, "client_secret": "wrong"}),
                lambda name: (None, {"client_id": name, "client_secret": ""})):
        assert told(known, way) == told(unknown, way)


def test_authenticated_as_one_and_checked_as_another(server, user):
    """CVE-2026-118669, RFC 6749 §2.3: one request is one client. Nobody acts on another client's codes and tokens by its
    name in the body, at any endpoint."""
    own = server.client()
    browser, verifier = Browser(server, user), new_verifier()
    for victim in (server.client(firstParty=True), server.public_client(firstParty=True)):
        name = victim["clientId"]
        tokens = server.tokens(victim, browser)
        code = server.code(victim, browser, verifier)
        asked = [
            ("/token", {"grant_type": "client_credentials"}),
            ("/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}),
            ("/token", {"grant_type": "authorization_code", "code": code, "code_verifier": verifier,
                        "redirect_uri": victim["redirectUris"][0]}),
            ("/revoke", {"token": tokens["access_token"]}), ("/revoke", {"token": tokens["refresh_token"]}),
            ("/introspect", {"token": tokens["access_token"]}), ("/introspect", {"token": tokens["refresh_token"]}),
        ]
        basic, secret = (own["clientId"], own["clientSecret"]), own["clientSecret"]
        for path, fields in asked:
            url = server.issuer + API + path
            for options in [
                {"auth": basic, "data": {**fields, "client_id": name}},
                {"auth": basic, "json": {**fields, "client_id": name}},
                {"auth": basic, "data": fields, "params": {"client_id": name}},
                {"auth": basic, "data": {**fields, "client_id": name, "client_secret": secret}},
                {"auth": basic, "data": [*fields.items(), ("client_id", own["clientId"]), ("client_id", name)]},
                {"data": [*fields.items(), ("client_id", own["clientId"]), ("client_secret", secret),
                          ("client_id", name)]},
                {"data": {**fields, "client_id": name, "client_secret": secret}},
            ]:
                answer = requests.post(url, timeout=10, **options)
                assert is_refused(answer, "invalid_request", "invalid_client", status=(400, 401))
        reader = server.client(mayIntrospect=True)
        assert server.introspect(reader, tokens["access_token"])["active"] is True
        assert server.redeem(victim, code, verifier).status_code == 200
        refreshed = server.token(victim, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert refreshed.status_code == 200


def test_introspection_tells_nothing_of_others(server, user):
    """CVE-2026-58425, RFC 7662 §2.2, §4: of another client's tokens, whatever their kind, an answer is exactly that of a
    token that never was."""
    owner = server.client(firstParty=True)
    tokens = server.tokens(owner, Browser(server, user))
    machine = server.token(owner, grant_type="client_credentials").json()["access_token"]
    other = server.client()
    # The scope of the other's own registration changes nothing, nor does a hint.
    for token in (tokens["access_token"], tokens["refresh_token"], machine):
        for hint in ({}, {"token_type_hint": "access_token"}, {"token_type_hint": "refresh_token"}):
            answer = server.post("/introspect", {"token": token, **hint}, other)
            unknown = server.post("/introspect", {"token": secrets.token_urlsafe(32), **hint}, other)
            assert answer.status_code == unknown.status_code == 200
            assert answer.content == unknown.content and answer.json() == {"active": False}
        assert is_refused(server.post("/introspect", {"token": token}, server.public_client()), "invalid_client",
                          status=(401,))
        assert server.introspect(owner, token)["active"] is True


# Codes and tokens


def test_a_value_of_one_kind_is_none_of_another(server, user):
    """CVE-2026-4282, RFC 6749 §10.10: real secrets of one kind, as they are or with another kind's prefix, open nothing
    of another kind."""
    client = server.client(firstParty=True)
    browser, verifier = Browser(server, user), new_verifier()
    tokens = server.tokens(client, browser)
    code = server.code(client, browser, verifier)
    waiting = parameters_of(browser.get(server.authorize_url(client, verifier, prompt="login")).headers["Location"])
    secrets_by_kind = {
        "mlt_ac_": code, "mlt_rt_": tokens["refresh_token"], "mlt_ss_": browser.session.cookies["martlet_session"],
        "other": waiting["request"]}
    for kind, value in secrets_by_kind.items():
        rest = value.split("_", 2)[2]
        for spelling in (value, "mlt_ac_" + rest, "mlt_rt_" + rest):
            if spelling != code:
                assert is_refused(server.redeem(client, spelling, verifier), "invalid_grant")
            if spelling != tokens["refresh_token"]:
                answer = server.token(client, grant_type="refresh_token", refresh_token=spelling)
                assert is_refused(answer, "invalid_grant")
                assert server.introspect(client, spelling) == {"active": False}
            bearer = requests.get(
                server.issuer + API + "/userinfo", headers={"Authorization": "Bearer " + spelling}, timeout=10)
            assert bearer.status_code == 401
        for spelling in (value, "mlt_ss_" + rest):
            if kind != "mlt_ss_":
                account = requests.get(
                    server.issuer + "/account", cookies={"martlet_session": spelling}, allow_redirects=False, timeout=10)
                assert account.headers["Location"] == "/login"
    assert server.redeem(client, code, verifier).status_code == 200
    assert server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_a_revocation_that_was_not_stored_is_no_success(own_server, cluster):
    """GHSA-7mqr-2v3q-v2wm, RFC 7009 §2.2.1: without its database, or when the database refuses the change, revocation
    answers 503; the token lives, and a later revocation that answers 200 has killed it."""
    server = own_server(MARTLET_DATABASE_URL=cluster.url).start()
    client = server.client(firstParty=True)
    tokens = server.tokens(client, Browser(server, server.user()))
    names = ("access_token", "refresh_token")

    def fails(name):
        answer = server.post("/revoke", {"token": tokens[name]}, client)
        assert is_refused(answer, "temporarily_unavailable", status=(503,)) and answer.headers["Retry-After"]

    cluster.stop()
    for name in names:
        fails(name)
    cluster.start()
    until(lambda: requests.get(server.issuer + "/health/ready", timeout=5).status_code == 200)
    for name in names:
        assert server.introspect(client, tokens[name])["active"] is True
    cluster.query("""
        CREATE FUNCTION out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'out of order' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER out_of_order BEFORE UPDATE ON access_tokens FOR EACH ROW EXECUTE FUNCTION out_of_order();
        CREATE TRIGGER out_of_order BEFORE UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION out_of_order()""")
    for name in names:
        fails(name)
        assert server.introspect(client, tokens[name])["active"] is True
    cluster.query("DROP FUNCTION out_of_order() CASCADE")
    for name in names:
        assert server.post("/revoke", {"token": tokens[name]}, client).status_code == 200
        assert server.introspect(client, tokens[name]) == {"active": False}


# Browsers


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_a_code_goes_to_the_browser_that_logged_in(server, user, kind):
    """CVE-2022-39222, RFC 9700 §4.7: who leads a victim through a flow of their own making does not get the code, though
    they know the request's handle and the verifier."""
    client = server.client() if kind == "confidential" else server.public_client()
    url = server.authorize_url(client, new_verifier())

    # The attacker's browser has begun the request: the victim cannot finish it.
    attacker, victim = Browser(server), Browser(server, user)
    link = attacker.absolute(attacker.get(url).headers["Location"])
    opened = victim.get(link)
    assert opened.status_code == 410 and "password" not in opened.text

    # The attacker has parked it without a browser: then the victim's browser makes it its own.
    attacker = Browser(server)
    parked = requests.post(
        server.issuer + API + "/authorize", data=parameters_of(url), allow_redirects=False, timeout=10)
    link = attacker.absolute(parked.headers["Location"])
    handle = parameters_of(link)["request"]
    form = victim.follow(victim.get(link))
    consent = victim.submit(form, "", username=user["username"], password=user["password"])
    assert "Allow" in consent.text

    def attacks():
        for target in (link, server.issuer + f"/consent?request={handle}"):
            yield attacker.get(target)
        for target in ("/login", "/consent"):
            fields = {"request": handle, "decision": "allow", "scope": "openid", "action": "continue"}
            for csrf in itertools.chain([None], (page.text.split('name="csrf" value="')[1].split('"')[0]
                                                 for page in (form, consent))):
                yield attacker.post(server.issuer + target, {**fields, **({"csrf": csrf} if csrf else {})})

    def none_gains():
        for answer in attacks():
            assert answer.status_code >= 400 or answer.headers["Location"].startswith(("/login", "/consent")), answer.text
            assert "code=" not in answer.headers.get("Location", "") and "mlt_ac_" not in answer.text

    none_gains()
    end = victim.submit(consent, "Allow")
    assert "code" in parameters_of(end.headers["Location"])
    none_gains()


def derived(values):
    """What somebody might compute of public data: digests and codes of each value, and of each under each other's key."""
    for value in values:
        yield value
        for name in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(name, value.encode()).digest()
            yield from (digest.hex(), base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
        yield base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode()
    for key, value in itertools.permutations(values, 2):
        digest = hmac.digest(key.encode(), value.encode(), "sha256")
        yield base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_no_cookie_can_be_computed(server, client, user):
    """CVE-2026-119128, OpenID Connect Core §16.18 (sid is public): cookies are random, and nothing that follows from what
    a client or a neighbour knows is one."""
    browser = Browser(server, user)
    url = server.authorize_url(client, new_verifier())
    handle = parameters_of(browser.get(url).headers["Location"])["request"]
    tokens = server.tokens(client, browser)
    identity, access = claims_of(tokens["id_token"]), claims_of(tokens["access_token"])
    public = [user["id"], user["username"], user["email"], identity["sid"], access["jti"], client["clientId"], handle,
              str(identity["auth_time"]), server.issuer]
    genuine = browser.session.cookies["martlet_session"]
    own_prefix = genuine[:-43]
    assert own_prefix.startswith("mlt_ss_") and own_prefix[7:].isdigit()

    session = requests.Session()

    def account(cookie):
        # The header itself, for the library would quote some values.
        return session.get(
            server.issuer + "/account", headers={"Cookie": "martlet_session=" + cookie}, allow_redirects=False,
            timeout=10)

    assert account(genuine).status_code == 200
    tries = set()
    for value in derived(public):
        tries |= {value, own_prefix + value, own_prefix + value[:43].ljust(43, "A")}
    tries |= {genuine[:-1] + ("A" if genuine[-1] != "A" else "E"), genuine.replace("mlt_ss_", "mlt_ac_"), own_prefix}
    assert len(tries) > 200 and genuine not in tries
    for cookie in tries:
        assert account(cookie).headers.get("Location") == "/login", cookie

    # The same for the cookie that ties a waiting request to its browser: its name is no secret, its value is.
    name = "martlet_browser_" + base64.urlsafe_b64encode(hashlib.sha256(handle.encode()).digest()[:9]).decode()
    value = browser.session.cookies[name]
    target = server.issuer + "/login?request=" + handle

    def waiting(cookie):
        return session.get(target, headers={"Cookie": f"{name}={cookie}"}, allow_redirects=False, timeout=10).status_code

    assert waiting(value) == 200
    for forged in [*derived([handle, client["clientId"], user["id"], identity["sid"]]), value[:-1], value[1:]]:
        assert waiting(forged) == 410
    # Two browsers, two logins: nothing is alike.
    others = Browser(server, user)
    others.log_in()
    assert not {cookie.value for cookie in others.session.cookies} & {cookie.value for cookie in browser.session.cookies}


def test_the_next_user_of_a_browser_is_somebody_else(server, user):
    """CVE-2025-12390, OpenID Connect Core §2 sid: after a logout another session begins, and nothing of the first user's is
    told to the second or lives on."""
    client = server.client(firstParty=True)
    browser = Browser(server, user)
    first = server.tokens(client, browser)
    cookie = browser.session.cookies["martlet_session"]
    page = browser.follow(browser.get(server.issuer + "/account"))
    browser.submit(page, "Sign out", action="logout")
    assert browser.get(server.issuer + "/account").headers["Location"] == "/login"
    browser.user = server.user()
    second = server.tokens(client, browser)
    assert browser.session.cookies["martlet_session"] != cookie
    former, latter = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert (former["sub"], latter["sub"]) == (user["id"], browser.user["id"]) and former["sid"] != latter["sid"]
    answer = server.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert is_refused(answer, "invalid_grant")
    assert server.introspect(client, first["access_token"]) == {"active": False}


ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example/", "/\t/evil.example/",
             "https:evil.example/", "/%09/evil.example/", "///evil.example/", "/login/..//evil.example/",
             "javascript:alert('evil.example')"]
NAMES = ["return_to", "returnUrl", "ReturnUrl", "return", "next", "continue", "redirect", "redirect_uri", "redirect_to",
         "rd", "url", "goto", "target", "targetUrl", "destination", "service", "RelayState", "post_logout_redirect_uri"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_return_address_leads_elsewhere(server, user, address):
    """GHSA-55p7-v223-x366, RFC 9700 §4.11.1: there is no return address in a request that could be judged wrongly; after
    login and logout only addresses of the server's own follow."""
    wishes = {name: address for name in NAMES}
    browser = Browser(server, user)
    page = browser.get(server.issuer + "/login", params=wishes)
    assert page.status_code == 200 and "evil" not in html.unescape(page.text)
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    entered = browser.post(server.issuer + "/login", {
        **wishes, "csrf": csrf, "username": user["username"], "password": user["password"], "action": "login"},
        params=wishes)
    assert entered.status_code == 303 and entered.headers["Location"] == "/account"
    account = browser.get(server.issuer + "/account", params=wishes)
    assert account.status_code == 200 and "evil" not in html.unescape(account.text)
    csrf = account.text.split('name="csrf" value="')[1].split('"')[0]
    left = browser.post(
        server.issuer + "/account", {**wishes, "csrf": csrf, "action": "logout"}, params=wishes)
    assert left.status_code == 303 and left.headers["Location"] == "/"
    # And no path is turned into an address.
    if address.startswith("/") and "\\" not in address and "\t" not in address:
        request = requests.Request("GET", server.issuer).prepare()
        request.url = server.issuer + address
        answer = requests.Session().send(request, allow_redirects=False, timeout=10)
        assert answer.status_code == 404 and "Location" not in answer.headers


# Management


def test_a_secret_is_removed_only_by_its_own_client(server):
    """CVE-2026-20904: an id below another object's path is not found, and what it names is left alone."""
    one, other = server.client(), server.client()

    def secrets_of(client):
        return f"/oauth2/clients/{client['clientId']}/secrets"

    identifier = server.manage("GET", secrets_of(other)).json()["items"][0]["id"]
    assert server.manage("DELETE", f"{secrets_of(one)}/{identifier}").status_code == 404
    for client in (one, other):
        assert server.token(client, grant_type="client_credentials").status_code == 200
    assert server.manage("DELETE", f"{secrets_of(other)}/{identifier}").status_code == 204
    assert server.token(other, grant_type="client_credentials").status_code == 401


INJECTIONS = ["' OR '1'='1", "x' OR 1=1 --", "x'; DROP TABLE users; --", "x' UNION SELECT password_hash FROM users --",
              "$1", "\\", "%", "_%", "x'||pg_sleep(0)||'", "' AND 1=(SELECT 1/0) --"]
LISTS = [("/users", "username"), ("/users", "email"), ("/users", "cursor"), ("/oauth2/clients", "cursor"),
         ("/oauth2/events", "type"), ("/oauth2/events", "after"), ("/oauth2/webhooks", "cursor")]


@pytest.mark.parametrize("row", LISTS, ids=lambda row: f"{row[0]} {row[1]}")
def test_lists_take_values_as_values(server, user, row):
    """CVE-2022-24124: a filter finds what is called so, which is nothing, or is refused by name; without credentials there
    is no list at all."""
    path, name = row
    for injection in INJECTIONS:
        nobody = requests.get(server.issuer + "/api/v1" + path, params={name: injection}, timeout=10)
        assert nobody.status_code == 401
        answer = server.manage("GET", path, params={name: injection})
        if answer.status_code == 200:
            assert answer.json()["items"] == [], (injection, answer.text)
        else:
            assert is_refused(answer, "invalid_request") and name in answer.json()["error_description"]
    found = server.manage("GET", "/users", params={"username": user["username"]}).json()["items"]
    assert [item["id"] for item in found] == [user["id"]]
