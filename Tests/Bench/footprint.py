"""What a server process takes: memory when idle and after many requests, and time to start."""

import socket
import statistics
import subprocess
import time

import load
from figures import Measurement, Row
from load import Unexpected
from meter import wait_until
from stage import basic, martlet
from workloads import DISCOVERY, INTROSPECT, TOKEN

REQUESTS = 1_000_000
WARM_UP = 100_000
MEGABYTES = 1.048576  # in a MiB


def start_to_answer(server):
    """Starts the program and asks for the discovery document until it answers; milliseconds."""
    request = f"GET {DISCOVERY} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode()
    with open(server.log, "ab") as log:
        began = time.monotonic()
        server.process = subprocess.Popen(
            [martlet.BINARY, "serve"], env=server.environment(), stdout=log, stderr=log, cwd=server.directory)

    def answered():
        if server.process.poll() is not None:
            raise Unexpected("the server ended at its start:\n" + server.log.read_text()[-2000:])
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
                connection.sendall(request)
                answer = connection.recv(65536)
        except ConnectionError:
            return False
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise Unexpected(answer.decode(errors="replace")[:500])
        return True
    # Often enough to see a millisecond, and not so often that the server lacks the core.
    wait_until(answered, "the discovery document", pause=0.0005)
    return (time.monotonic() - began) * 1000


def starting(place):
    """The database is there and migrated by an earlier start."""
    def measure():
        server = place.server
        assert place.stage
        times = []
        for _ in range(10):
            server.stop()
            times.append(start_to_answer(server))
        # The meter has the process that was there before.
        place.__dict__.pop("meter", None)
        return [statistics.median(times)]
    return Measurement([Row("start to first discovery answer", place.database, 200, 60, unit="ms", digits=0)], measure)


def idle(place):
    def measure():
        server = place.server
        assert place.stage
        server.stop()
        start_to_answer(server)
        place.__dict__.pop("meter", None)
        time.sleep(2)  # idleness is what is measured
        return [place.meter.resident() * MEGABYTES]
    return Measurement([Row("idle RSS", place.database, 40, 20, unit="MB", digits=1)], measure)


def mixed(place, requests, seconds):
    """That many requests at least, in slices."""
    stage = place.stage
    done = 0
    while done < requests:
        done += load.wrk(
            stage.server.issuer, "mixed.lua", DISCOVERY, INTROSPECT, TOKEN, basic(stage.service),
            stage.service_token(), seconds=seconds).requests


def growing(place, requests=REQUESTS, warm_up=WARM_UP):
    def measure():
        mixed(place, warm_up, 5)
        warm = place.meter.resident()
        mixed(place, requests, 10)
        return [(place.meter.resident() / warm - 1) * 100]
    # «None» is what no look at the table can tell from none.
    return Measurement(
        [Row("RSS growth over 1,000,000 requests", place.database, 5, 0, unit="%", digits=1)], measure,
        only_once=True, is_large=True)


def measurements(place):
    return [idle(place), starting(place), growing(place)]
