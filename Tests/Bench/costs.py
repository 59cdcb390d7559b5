"""CPU time of each workload ÷ that of one RSA-2048 signature, and rates where the signature is the limit."""

import base64
import json
import time

from figures import Measurement, Row, Skipped
from meter import seconds_per_signature, wait_until
from place import cost
import workloads


def ready(place, workload):
    """What runs a workload. Its first run in a place is not measured: links prepare their statements once."""
    if workload.name not in place.warmed:
        workload.prepare(place.stage)(workload.warm_up)
        place.warmed.add(workload.name)
    return workload.prepare(place.stage)


def issuing(place, seconds):
    """The signature's workload has two figures: its cost, and its rate against one core that only signs."""
    workload = workloads.CLIENT_CREDENTIALS

    def measure():
        run = ready(place, workload)
        signature = seconds_per_signature("rsa2048")
        each, seen = cost(place, run, seconds)
        return each / signature, seen.rate * signature
    return Measurement([
        Row(workload.name, place.database, workload.must, workload.aim),
        Row("tokens/s ÷ RSA signatures/s of a core", place.database, 0.9, 1.2, more_is_better=True),
    ], measure)


def idle_share(place, seconds):
    """What server and database take of a core when nobody asks them anything."""
    before = place.meter.cpu()
    time.sleep(seconds)  # idleness is what is measured
    return (place.meter.cpu() - before).total / seconds


def costing(place, workload, seconds):
    def measure():
        run = ready(place, workload)
        idle = idle_share(place, seconds) if workload.is_slow else 0
        signature = seconds_per_signature("rsa2048")
        each, seen = cost(place, run, seconds)
        return [(each - idle / seen.rate) * workload.requests_per_unit / signature]
    return Measurement([Row(workload.name, place.database, workload.must, workload.aim, digits=3)], measure)


def algorithm(token):
    """What a JWT says that it was signed with."""
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["alg"]


def es256_client(place):
    """A client whose access tokens are signed by ES256, if this server has such clients."""
    assert place.stage
    made = place.server.command("keys", "generate", "--algorithm", "ES256", "--activate-in", "0")
    if made.returncode:
        raise Skipped("keys generate --algorithm ES256: " + made.stderr.strip())
    answer = place.server.manage("POST", "/oauth2/clients", json={
        "name": "Bench service, ES256", "type": "CONFIDENTIAL", "grantTypes": ["client_credentials"],
        "allowedScopes": ["contracts:read"], "accessTokenSignedResponseAlg": "ES256"})
    if answer.status_code != 201:
        raise Skipped("registration refuses accessTokenSignedResponseAlg")
    client = answer.json()

    def signs():
        answer = place.server.token(client, grant_type="client_credentials")
        return answer.status_code == 200 and algorithm(answer.json()["access_token"]) == "ES256"
    wait_until(signs, "access tokens signed by ES256")
    assert algorithm(place.stage.service_token()) == "RS256"
    return client


def es256(place, seconds):
    """One after the other, so that both ran on the same machine in the same minute."""
    made = []

    def measure():
        if not made:
            made.append(es256_client(place))
        cheap = ready(place, workloads.Workload("ES256", lambda stage: workloads.client_credentials(stage, made[0])))
        dear = ready(place, workloads.CLIENT_CREDENTIALS)
        return [cost(place, cheap, seconds)[0] / cost(place, dear, seconds)[0]]
    return Measurement([Row("client_credentials, ES256 ÷ RS256", place.database, 0.45, 0.25)], measure)


def measurements(place, seconds):
    return [
        issuing(place, seconds), es256(place, seconds),
        *(costing(place, workload, seconds) for workload in workloads.OTHERS)]
