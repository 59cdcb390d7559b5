"""p99 of issuing tokens at half of the server's rate: alone, and during a storm of logins."""

import time

import load
import storm
from figures import Busy, Measurement, Row
from workloads import client_credentials, token_request

CONNECTIONS = 32


def half_pace(place, seconds):
    """The pause between the requests of a connection that makes all of them together run at half the server's rate.

    Saturates the server first, then tries the pause out and corrects it, until the rate is near enough."""
    run = client_credentials(place.stage)
    run(1)
    target = run(seconds).rate / 2
    pause = CONNECTIONS / target * 1000 - 2
    for _ in range(4):
        rate = run(2, pause=max(pause, 0)).rate
        if near(rate, target):
            return pause, target
        pause += (CONNECTIONS / target - CONNECTIONS / rate) * 1000
    raise Busy(f"the machine was busy, no steady half rate: {rate:.0f}/s for {target:.0f}/s")


def near(rate, target):
    return 0.85 < rate / target < 1.15


def at_half_rate(place, seconds):
    def measure():
        pause, target = half_pace(place, seconds)
        seen = client_credentials(place.stage)(max(seconds, 5), pause=pause)
        if not near(seen.rate, target):
            raise Busy(f"the machine was busy: {seen.rate:.0f}/s for {target:.0f}/s")
        return [seen.p99 / seen.median]
    return Measurement([Row("p99 ÷ median at half the rate", place.database, 10, 4)], measure)


def issuing(place, seconds):
    """A paced stream of client_credentials."""
    pause, _ = half_pace(place, seconds)
    return load.stream(
        place.server.issuer, place.folder / f"times-{time.monotonic_ns()}", *token_request(place.stage.service),
        pause=pause, connections=CONNECTIONS)


def during_logins(place, seconds):
    users = []

    def measure():
        if not users:
            # A password hash each: this takes a while.
            users.extend(place.stage.server.user() for _ in range(storm.LOGINS))
        logins = storm.Storm(place.server, users)
        with issuing(place, seconds) as stream:
            began = time.monotonic() + 1
            time.sleep(max(seconds, 5) + 1)  # the measurement of the time without
            pressed = time.monotonic()
            storm.check(logins.break_loose())
            ended = time.monotonic()
            times = stream.end()
        return [load.percentile(times, 0.99, pressed, ended) / load.percentile(times, 0.99, began, pressed)]
    return Measurement([Row("login storm: p99 ÷ without", place.database, 3, 1.5)], measure)
