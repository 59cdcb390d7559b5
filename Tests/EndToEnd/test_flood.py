"""One client floods two servers of one database from twenty addresses: it is refused in the contract's words, both servers
together admit what is promised, and another client is served as if nothing were. (What the flood costs the other in time
is measured by script/bench.)"""

import base64
import http.client
import json
import threading
import time
import urllib.parse

import requests

from martlet import API, until

RATE, BURST = 20, 40
SECONDS = 4
ADDRESSES = [f"127.0.0.{number}" for number in range(1, 21)]
FIELDS = ("Retry-After", "RateLimit", "RateLimit-Policy", "Cache-Control", "X-Request-Id")


def asking(server, client, address, answers, stop, pause=0.0):
    """Asks for tokens over one connection from an address, until it is told to stop."""
    pair = f"{client['clientId']}:{client['clientSecret']}"
    headers = {
        "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        "Content-Type": "application/x-www-form-urlencoded"}
    port = urllib.parse.urlsplit(server.direct).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))
    while True:
        connection.request("POST", API + "/token", "grant_type=client_credentials", headers)
        answer = connection.getresponse()
        body = json.load(answer)
        told = tuple(answer.headers[name] for name in FIELDS)
        answers.append((answer.status, body.get("error"), body.get("error_uri"), *told))
        if stop.wait(pause):
            return


def exchanged(cluster, servers=2):
    """Once each server has heard of the others after this was called."""
    [[asked]] = cluster.query("SELECT clock_timestamp()")
    until(lambda: int(cluster.query(f"SELECT count(*) FROM servers WHERE seen_at > '{asked}'")[0][0]) == servers)


def test_a_flood_is_refused_and_nobody_else_is(own_server, cluster):
    """Contract, MARTLET_RATE_LIMITS; docs/operating.md, Limits: `burst + rate * (t + (n - 1) * 1 s)`."""
    settings = {"MARTLET_DATABASE_URL": cluster.url, "MARTLET_RATE_LIMITS": f"token:client={RATE}/{BURST}"}
    one = own_server(**settings).start()
    two = own_server(**settings, MARTLET_KEYS_DIR=str(one.directory / "keys"), MARTLET_ISSUER=one.issuer).start()
    loud, quiet = (one.client(
        name=name, redirectUris=None, grantTypes=["client_credentials"], allowedScopes=["contracts:read"])
        for name in ("Loud", "Quiet"))
    # The first exchange tells how many servers there are, the second that the other knows, too.
    for _ in range(2):
        exchanged(cluster)
    stop, flood, served = threading.Event(), [], []
    threads = [
        threading.Thread(target=asking, args=((one, two)[index % 2], loud, address, flood, stop))
        for index, address in enumerate(ADDRESSES)]
    # Half of its own limit, at each server by turns with the flood.
    threads += [
        threading.Thread(target=asking, args=(server, quiet, "127.0.0.1", served, stop, 4 / RATE))
        for server in (one, two)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    stop.wait(SECONDS)
    listed = one.manage("GET", f"/oauth2/rate-limits?clientId={loud['clientId']}").json()["items"]
    stop.set()
    for thread in threads:
        thread.join()
    # However late a busy machine lets the servers hear of one another: until then counts as flooded, too.
    exchanged(cluster)
    took = time.monotonic() - began

    assert {answer[0] for answer in served} == {200} and len(served) >= 4
    assert {answer[0] for answer in flood} == {200, 429}
    admitted = [answer for answer in flood if answer[0] == 200]
    assert RATE * (SECONDS - 1) < len(admitted) <= BURST + RATE * (took + 1)
    assert len(flood) > 2 * len(admitted), "that was no flood"
    for status, error, uri, retry, state, policy, cache, request in flood:
        assert state.startswith('"token-client";r=') and policy.startswith('"token-client";q=')
        if status == 429:
            assert error == "too_many_requests" and uri == one.issuer + "/errors/too_many_requests"
            assert int(retry) >= 1 and policy == f'"token-client";q={BURST};w={BURST // RATE}'
            assert state == f'"token-client";r=0;t={retry}' and cache == "no-store" and request
    assert requests.get(one.issuer + "/errors/too_many_requests", timeout=30).status_code == 200
    [limit] = listed
    assert limit["route"] == "token" and limit["remaining"] == 0 and limit["burst"] == BURST
    # It has served its time once the bucket has a drop in it again.
    until(lambda: one.token(loud, grant_type="client_credentials").status_code == 200)
