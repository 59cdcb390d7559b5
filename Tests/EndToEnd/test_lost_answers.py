"""The server dies between commit and answer. Nothing here is left to chance: a relay withholds what the database says, the
database itself tells when it has committed, and only then the server is killed."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from martlet import Browser, new_verifier, until
from relay import Relay


@pytest.fixture
def relay(cluster):
    relay = Relay(cluster)
    yield relay
    relay.remove()


def digest(token):
    return hashlib.sha256(token.encode()).digest()


def challenge(verifier):
    return base64.urlsafe_b64encode(digest(verifier)).rstrip(b"=")


def number(cluster, query):
    return int(cluster.query(query)[0][0])


def dies_after_commit(server, relay, needle, ask, is_committed):
    """Asks; kills the server once the database has committed the statement with these bytes, whose answer the server
    never gets. Returns when it runs again."""
    assert not is_committed()
    relay.lose_answers_to(needle)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        assert relay.caught.wait(30), "the statement did not come by"
        until(is_committed, pause=0.01)
        assert not asked.done()
        server.kill()
        with pytest.raises(requests.ConnectionError):
            asked.result(30)
    relay.pass_all()
    server.start()


def refresh(server, client, token):
    return server.token(client, grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("kind, moment", [("confidential", "rotated"), ("public", "minted")])
def test_a_refresh_whose_answer_was_lost(own_server, cluster, relay, kind, moment):
    """RFC 9700 §4.14.2, contract on refresh tokens: killed after the rotation was committed, or after the new access
    token was, the client's retry with the same token gets a successor that works, and the family lives."""
    server = own_server(MARTLET_DATABASE_URL=relay.url).start()
    make = server.client if kind == "confidential" else server.public_client
    client = make(firstParty=True, refreshGraceSeconds=60)
    reader = server.client(mayIntrospect=True)
    first = server.tokens(client, Browser(server, server.user()))
    grant = cluster.query("SELECT id FROM grants")[0][0]
    access_tokens = "SELECT count(*) FROM access_tokens WHERE grant_id IS NOT NULL"
    rotations = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NOT NULL"
    assert number(cluster, access_tokens) == 1
    # The rotation names the token by its hash; the tokens that are minted after it name their grant.
    needle, committed = {
        "rotated": (digest(first["refresh_token"]), lambda: number(cluster, rotations) == 1),
        "minted": (grant.encode(), lambda: number(cluster, access_tokens) == 2),
    }[moment]
    dies_after_commit(
        server, relay, needle, lambda: refresh(server, client, first["refresh_token"]), committed)

    retry = refresh(server, client, first["refresh_token"])
    assert retry.status_code == 200, retry.text
    successor = retry.json()["refresh_token"]
    assert successor != first["refresh_token"]
    # One successor and no more, the one that was committed before the crash.
    hashes = {row[0] for row in cluster.query("SELECT encode(hash, 'hex') FROM refresh_tokens")}
    assert hashes == {digest(first["refresh_token"]).hex(), digest(successor).hex()}
    # A client that is still not sure may ask again.
    assert refresh(server, client, first["refresh_token"]).json()["refresh_token"] == successor
    after = refresh(server, client, successor)
    assert after.status_code == 200, after.text
    for token in (first["access_token"], retry.json()["access_token"], after.json()["access_token"],
                  after.json()["refresh_token"]):
        assert server.introspect(reader, token)["active"] is True


@pytest.mark.parametrize("moment", ["redeemed", "minted"])
def test_a_redemption_whose_answer_was_lost(own_server, cluster, relay, moment):
    """RFC 6749 §4.1.2, §5.2: a code is spent once. Its retry is invalid_grant and nothing worse, nothing of the lost
    answer lives on, and a new login works at once."""
    server = own_server(MARTLET_DATABASE_URL=relay.url).start()
    client = server.client(firstParty=True)
    browser = Browser(server, server.user())
    verifier = new_verifier()
    code = server.code(client, browser, verifier)
    redeemed = "SELECT count(*) FROM authorization_codes WHERE redeemed_at IS NOT NULL"
    refresh_tokens = "SELECT count(*) FROM refresh_tokens"
    needle, committed = {
        # The redemption names the challenge; what is minted after it tells by which grant type.
        "redeemed": (challenge(verifier), lambda: number(cluster, redeemed) == 1),
        "minted": (b'"grantType":"authorization_code"', lambda: number(cluster, refresh_tokens) == 1),
    }[moment]
    dies_after_commit(server, relay, needle, lambda: server.redeem(client, code, verifier), committed)

    for _ in range(2):
        retry = server.redeem(client, code, verifier)
        assert retry.status_code == 400 and retry.json()["error"] == "invalid_grant", retry.text
    assert number(cluster, "SELECT count(*) FROM grant_states WHERE alive") == 0
    tokens = server.tokens(client, browser)
    assert server.introspect(client, tokens["access_token"])["active"] is True
    assert refresh(server, client, tokens["refresh_token"]).status_code == 200
