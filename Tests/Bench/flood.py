"""What the flood of one client costs another one: p99 of issuing tokens with the flood and without it, by turns."""

import json
import subprocess
import time

import load
from figures import Busy, Measurement, Row
from stage import basic, martlet
from workloads import token_request

RATE = 200
LIMITS = {"MARTLET_RATE_LIMITS": f"token:client={RATE}/{2 * RATE}", "MARTLET_TRUSTED_PROXIES": "127.0.0.1"}
TURNS = 3
# Sixteen connections that each ask ten times a second: most of what a client may.
QUIET = {"connections": 16, "pause": 100}
# Twenty connections that each ask two hundred times a second: twenty times of what a client may.
LOUD = {"connections": 20, "pause": 5}


def flooded(issuer, client, seconds):
    """(tokens, refusals) of a client that asks as if there were no limit."""
    finished = subprocess.run(
        load.command(
            issuer, "flood.lua", martlet.API + "/token", basic(client), connections=LOUD["connections"],
            seconds=seconds),
        env=load.environment(LOUD["pause"]), capture_output=True, text=True, timeout=seconds + 90)
    lines = [line for line in finished.stdout.splitlines() if line.startswith("{")]
    seen = json.loads(lines[-1]) if lines else {"unanswered": finished.stdout + finished.stderr}
    if seen["unanswered"]:
        raise load.Unexpected(f"flood.lua: {seen['unanswered']} unanswered")
    return seen["admitted"], seen["refused"]


def p99(answers, windows):
    times = sorted(took for when, took in answers if any(begin <= when < end for begin, end in windows))
    if len(times) < 200:
        raise load.Unexpected(f"{len(times)} answers are too few for a percentile")
    return times[int(len(times) * 0.99)]


def beside_a_flood(place, seconds):
    seconds = max(seconds, 3)

    def measure():
        client = place.stage.server.client(
            name="Bench flood", redirectUris=None, grantTypes=["client_credentials"], allowedScopes=["contracts:read"])
        # Its burst is used up before anything is measured.
        flooded(place.server.issuer, client, 2)
        calm, loud, admitted, refused = [], [], 0, 0
        with load.stream(
                place.server.issuer, place.folder / f"times-{time.monotonic_ns()}", *token_request(place.stage.service),
                **QUIET) as stream:
            time.sleep(1)
            for _ in range(TURNS):
                began = time.monotonic()
                time.sleep(seconds)
                turned = time.monotonic()
                some, others = flooded(place.server.issuer, client, seconds)
                calm.append((began, turned))
                loud.append((turned, time.monotonic()))
                admitted, refused = admitted + some, refused + others
            times = stream.end()
        if refused < 4 * admitted:
            raise Busy(f"the machine was busy: {refused} refusals beside {admitted} tokens are no flood")
        return [p99(times, loud) / p99(times, calm)]
    return Measurement([Row("a client's flood: another's p99 ÷ without", place.database, 1.5, 1.1)], measure)
