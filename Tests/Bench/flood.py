"""What the flood of one client costs another one: p99 of issuing tokens without the flood, with it, and while the same
flood goes to an nginx, by turns. The last tells what the load generator takes of the machine that all of them share."""

import functools
import json
import subprocess
import time

import load
from figures import Busy, Measurement, Row
from nginx import REFUSED, Nginx
from stage import basic, martlet
from workloads import token_request

RATE = 200
LIMITS = {"MARTLET_RATE_LIMITS": f"token:client={RATE}/{2 * RATE}", "MARTLET_TRUSTED_PROXIES": "127.0.0.1"}
TURNS = 3
# Sixteen connections that each ask ten times a second: most of what a client may.
QUIET = {"connections": 16, "pause": 100}
# Twenty connections that each ask two hundred times a second: twenty times of what a client may.
LOUD = {"connections": 20, "pause": 5}


def flooded(client, seconds, address, path=martlet.API + "/token"):
    """(tokens, refusals) of a client that asks as if there were no limit."""
    finished = subprocess.run(
        load.command(
            address, "flood.lua", path, basic(client), connections=LOUD["connections"], seconds=seconds),
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
    elsewhere = functools.cache(lambda: Nginx(place.stack, {}))

    def measure():
        client = place.stage.server.client(
            name="Bench flood", redirectUris=None, grantTypes=["client_credentials"], allowedScopes=["contracts:read"])
        here, there = place.server.issuer, elsewhere().silent
        # Its burst is used up before anything is measured.
        flooded(client, 2, here)
        windows = {"calm": [], "there": [], "here": []}
        admitted, refused = 0, 0
        with load.stream(here, place.folder / f"times-{time.monotonic_ns()}", *token_request(place.stage.service),
                         **QUIET) as stream:
            time.sleep(1)

            def window(name, act):
                began = time.monotonic()
                seen = act()
                windows[name].append((began, time.monotonic()))
                return seen
            for _ in range(TURNS):
                window("calm", lambda: time.sleep(seconds))
                window("there", lambda: flooded(client, seconds, there, REFUSED))
                some, others = window("here", lambda: flooded(client, seconds, here))
                admitted, refused = admitted + some, refused + others
            times = stream.end()
        if refused < 4 * admitted:
            raise Busy(f"the machine was busy: {refused} refusals beside {admitted} tokens are no flood")
        calm, elsewhere_p99, flooded_p99 = (p99(times, windows[name]) for name in ("calm", "there", "here"))
        return [flooded_p99 / elsewhere_p99, flooded_p99 / calm]
    return Measurement([
        Row("a client's flood: another's p99 ÷ with the same flood at nginx", place.database, 1.5, 1.1),
        Row("a client's flood: another's p99 ÷ without", place.database, 1.5, 1.1),
    ], measure)
