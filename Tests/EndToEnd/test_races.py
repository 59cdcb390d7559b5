"""Single-use things under parallel use."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from martlet import Browser, new_verifier


def at_once(count, act):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: act(), range(count)))


def test_fifty_redemptions_of_one_code(server, client, browser):
    """RFC 6749 §4.1.2: exactly one answers 200, and after the replay the grant's tokens are dead."""
    verifier = new_verifier()
    code = server.code(client, browser, verifier)
    answers = at_once(50, lambda: server.redeem(client, code, verifier))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) == 1
    assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
    tokens = good[0].json()
    assert server.introspect(client, tokens["access_token"]) == {"active": False}
    assert server.introspect(client, tokens["refresh_token"]) == {"active": False}
    assert server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400


def test_a_mismatch_leaves_the_code(server, client, user):
    """RFC 7636 §4.6, CVE-2026-16089: wrong verifier, redirect URI or client do not use the code up."""
    browser = Browser(server, user)
    verifier = new_verifier()
    code = server.code(client, browser, verifier)
    other = server.client(redirectUris=client["redirectUris"])
    for answer in [
        server.redeem(client, code, new_verifier()),
        server.redeem(client, code, verifier, redirect_uri="https://rp.example/other"),
        server.redeem(other, code, verifier),
        server.token(client, grant_type="authorization_code", code=code, redirect_uri=client["redirectUris"][0]),
    ]:
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant", answer.text
    assert server.redeem(client, code, verifier).status_code == 200


def test_a_foreign_replay_does_not_log_anybody_out(server, client, browser):
    """RFC 6749 §4.1.2: only the code's own client revokes by a replay."""
    verifier = new_verifier()
    code = server.code(client, browser, verifier)
    tokens = server.redeem(client, code, verifier).json()
    other = server.client(redirectUris=client["redirectUris"])
    assert server.redeem(other, code, verifier).json()["error"] == "invalid_grant"
    assert server.introspect(client, tokens["access_token"])["active"] is True


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_a_hundred_refreshes_of_one_token(server, user, kind):
    """RFC 9700 §4.14.2, CVE-2026-1035, CVE-2026-53517, CVE-2026-50631: one successor, however many ask at once."""
    make = server.client if kind == "confidential" else server.public_client
    client = make(firstParty=True, refreshGraceSeconds=60)
    tokens = server.tokens(client, Browser(server, user))
    refresh = tokens["refresh_token"]
    answers = at_once(100, lambda: server.token(client, grant_type="refresh_token", refresh_token=refresh))
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1 and refresh not in successors
    assert all("id_token" in answer.json() for answer in answers)


def test_a_repeat_after_the_successor_was_used(server, user):
    """Contract: invalid_grant inside the window, and the family lives (django-oauth-toolkit #1617)."""
    client = server.client(firstParty=True, refreshGraceSeconds=60)
    first = server.tokens(client, Browser(server, user))["refresh_token"]
    second = server.token(client, grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    third = server.token(client, grant_type="refresh_token", refresh_token=second).json()["refresh_token"]
    repeat = server.token(client, grant_type="refresh_token", refresh_token=first)
    assert repeat.status_code == 400 and repeat.json()["error"] == "invalid_grant"
    assert server.token(client, grant_type="refresh_token", refresh_token=third).status_code == 200


def test_a_repeat_after_the_window_kills_the_family(server, user):
    """RFC 9700 §4.14.2: reuse revokes every token of the family and tells it by an event."""
    client = server.client(firstParty=True, refreshGraceSeconds=0)
    tokens = server.tokens(client, Browser(server, user))
    second = server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    repeat = server.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert repeat.status_code == 400 and repeat.json()["error"] == "invalid_grant"
    for token in (second["access_token"], second["refresh_token"], tokens["access_token"]):
        assert server.introspect(client, token) == {"active": False}
    events = server.manage("GET", "/oauth2/events", params={"limit": 200, "type": "oauth2.token.reuse_detected"})
    assert any(event["data"]["clientId"] == client["clientId"] for event in events.json()["items"])
