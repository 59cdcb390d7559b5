"""Scopes, consents, sessions and tokens, as operators and users take access away: by the API, by the command line, and on
every server of one database."""

import datetime
import json

import requests

from martlet import Browser, until


def run(server, *arguments):
    finished = server.command(*arguments, "--json")
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def account(server, user):
    """A user's own token, and a call with it."""
    app = server.client(allowedScopes=["openid", "profile", "email", "account"])
    token = server.tokens(app, Browser(server, user), scope="openid account")["access_token"]

    def call(method, path, **options):
        headers = {"Authorization": "Bearer " + token}
        return requests.request(method, server.issuer + "/api/v1/oauth2" + path, headers=headers, timeout=30, **options)
    return call


def test_scopes_by_command_line(server):
    made = run(server, "clients", "set-scope", "reports:read", "--description", "en=Read reports", "--description",
               "de=Berichte lesen")
    assert made["descriptions"] == {"de": "Berichte lesen", "en": "Read reports"} and made["builtIn"] is False
    changed = run(server, "clients", "set-scope", "reports:read", "--description", "en=Read all reports")
    assert changed["descriptions"] == {"en": "Read all reports"}
    assert "reports:read" in [scope["name"] for scope in run(server, "clients", "scopes")["items"]]
    # The server that runs learns of it within seconds.
    client = until(lambda: _registered(server, "reports:read"))
    refused = server.command("clients", "delete-scope", "reports:read")
    assert refused.returncode == 1 and "1 clients" in refused.stderr
    token = server.token(client, grant_type="client_credentials", scope="reports:read").json()["access_token"]
    run(server, "clients", "delete-scope", "reports:read", "--force")
    assert not server.introspect(client, token)["active"]
    assert server.manage("GET", "/oauth2/clients/" + client["clientId"]).json()["allowedScopes"] == ["openid"]
    assert server.command("clients", "delete-scope", "openid", "--force").returncode == 1
    assert server.command("clients", "set-scope", "x", "--description", "nothing").returncode == 2


def _registered(server, scope):
    answer = server.manage("POST", "/oauth2/clients", json={
        "name": "Reports", "grantTypes": ["client_credentials"], "allowedScopes": ["openid", scope]})
    return answer.json() if answer.status_code == 201 else None


def test_consents_and_sessions_by_command_line(server):
    user = server.user()
    client = server.client()
    browser = Browser(server, user)
    tokens = server.tokens(client, browser, scope="openid profile offline_access")
    [consent] = run(server, "users", "consents", user["id"])["items"]
    assert consent["scopes"] == ["openid", "profile", "offline_access"] and consent["revokedAt"] is None
    assert consent["decisions"][0]["wordingVersion"].startswith("en.")
    assert [each["id"] for each in run(server, "clients", "consents", client["clientId"])["items"]] == [consent["id"]]
    run(server, "users", "revoke-consent", consent["id"])
    assert not server.introspect(client, tokens["refresh_token"])["active"]
    assert run(server, "users", "consents", user["id"])["items"] == []
    [ended] = run(server, "users", "consents", user["id"], "--include-revoked")["items"]
    assert ended["revokedBy"] == "administrator"

    other = Browser(server, user)
    other.log_in()
    sessions = run(server, "users", "sessions", user["id"])["items"]
    assert {session["device"] for session in sessions} == {"Python"} and len(sessions) == 2
    kept = min(sessions, key=lambda session: session["authTime"])["id"]
    assert run(server, "users", "end-sessions", user["id"], "--except", kept) == {"ended": 1}
    assert [one.get(server.issuer + "/account").status_code for one in (browser, other)] == [200, 303]
    assert run(server, "users", "end-sessions", user["id"]) == {"ended": 1}
    assert browser.get(server.issuer + "/account").status_code == 303


def test_tokens_by_command_line(server):
    client = server.client(grantTypes=["client_credentials"], redirectUris=None)
    tokens = [server.token(client, grant_type="client_credentials").json()["access_token"] for _ in range(3)]
    listed = run(server, "clients", "tokens", client["clientId"], "--scope", "contracts:read")["items"]
    assert len(listed) == 3 and {token["tokenType"] for token in listed} == {"access_token"}
    first = min(listed, key=lambda token: token["issuedAt"])
    issued = datetime.datetime.fromisoformat(first["issuedAt"]) + datetime.timedelta(milliseconds=1)
    assert run(server, "clients", "revoke-tokens", client["clientId"], "--dry-run") == {"revoked": 3, "dryRun": True}
    before = issued.isoformat().replace("+00:00", "Z")
    assert run(server, "clients", "revoke-tokens", client["clientId"], "--issued-before", before)["revoked"] == 1
    assert [server.introspect(client, token)["active"] for token in tokens] == [False, True, True]
    assert run(server, "clients", "revoke-tokens", client["clientId"])["revoked"] == 2
    assert not any(server.introspect(client, token)["active"] for token in tokens)
    later = server.token(client, grant_type="client_credentials").json()["access_token"]
    assert server.introspect(client, later)["active"]


def test_a_user_reaches_their_own_and_nothing_else(server):
    """CVE-2026-20904: what is another's is answered as if it did not exist."""
    anna, bob = (server.user(), server.user())
    shop = server.client()
    theirs = server.tokens(shop, Browser(server, bob), scope="openid profile")
    call = account(server, anna)
    foreign = {kind: server.manage("GET", f"/oauth2/{kind}?userId={bob['id']}").json()["items"]
               for kind in ("consents", "sessions", "tokens")}
    assert all(foreign.values())
    for kind, items in foreign.items():
        assert call("GET", f"/{kind}?userId={bob['id']}").status_code == 403
        mine = call("GET", f"/{kind}").json()["items"]
        assert mine and {item["userId"] for item in mine} == {anna["id"]}
        if kind != "tokens":
            for method in ("GET", "DELETE"):
                assert call(method, f"/{kind}/{items[0]['id']}").status_code == 404
    for token in [*theirs.values(), *(item["id"] for item in foreign["tokens"])]:
        assert call("POST", "/tokens/revoke", json={"token": str(token)}).status_code == 404
    assert call("POST", "/tokens/bulk-revoke", json={"userId": bob["id"]}).status_code == 403
    assert call("POST", "/tokens/bulk-revoke", json={"clientId": shop["clientId"]}).json()["revoked"] == 0
    assert call("POST", "/consents", json={
        "clientId": shop["clientId"], "scopes": ["email"], "userId": bob["id"]}).status_code == 403
    for path in ("/clients", "/scopes", "/events", "/rate-limits"):
        assert call("GET", path).status_code == 403, path
    assert server.introspect(shop, theirs["access_token"])["active"]
    # All of their own, the token that asks included.
    assert call("POST", "/tokens/bulk-revoke", json={}).json() == {"revoked": 2, "dryRun": False}
    assert call("GET", "/tokens").status_code == 401


def test_what_one_server_revokes_is_dead_on_the_other(own_server, cluster):
    """Marks lie in the database: a server that has checked a token before finds it dead all the same."""
    one = own_server(MARTLET_DATABASE_URL=cluster.url).start()
    two = own_server(MARTLET_DATABASE_URL=cluster.url, MARTLET_KEYS_DIR=str(one.directory / "keys"),
                     MARTLET_ISSUER=one.issuer).start()
    client = one.client()
    user = one.user()
    service = one.token(client, grant_type="client_credentials").json()["access_token"]
    tokens = one.tokens(client, Browser(one, user))
    alive = [service, tokens["access_token"], tokens["refresh_token"]]

    def active(server):
        # The second one is known by the first one's name; it is reached by its own.
        answers = [requests.post(
            server.direct + "/api/v1/oauth2/introspect", data={"token": token}, timeout=30,
            auth=(client["clientId"], client["clientSecret"])).json() for token in alive]
        return [answer["active"] for answer in answers]
    for _ in range(2):
        assert active(one) == active(two) == [True, True, True]
    made = requests.post(two.direct + "/api/v1/oauth2/scopes", auth=_admin(), timeout=30, json={
        "name": "reports", "description": "Read reports"})
    assert made.status_code == 201
    # At once on the server that made it, within seconds on the other.
    body = {"name": "Reports", "grantTypes": ["client_credentials"], "allowedScopes": ["reports"]}
    assert requests.post(two.direct + "/api/v1/oauth2/clients", auth=_admin(), json=body, timeout=30).status_code == 201
    assert until(lambda: one.manage("POST", "/oauth2/clients", json=body).status_code == 201)
    revoked = one.manage("POST", "/oauth2/tokens/bulk-revoke", json={"clientId": client["clientId"]}).json()
    assert revoked == {"revoked": 3, "dryRun": False}
    assert active(one) == active(two) == [False, False, False]


def _admin():
    from martlet import ADMIN
    return ADMIN
