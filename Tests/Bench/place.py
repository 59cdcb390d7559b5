"""Where workloads run: a server with its database, and what measures them."""

import functools
import pathlib
import shutil
import signal
import subprocess
import tempfile

from stage import Stage, martlet
import cluster
import meter

# A run of a few seconds shall hold enough logins.
CHEAP_PASSWORDS = {"MARTLET_PASSWORD_COST": "14"}


def unlimited():
    """Rate limits off, where the server has them: all of the load comes from one address and few clients."""
    settings = subprocess.run(
        [martlet.BINARY, "help", "settings"], capture_output=True, text=True, check=True, timeout=60).stdout
    line = next((line for line in settings.splitlines() if "MARTLET_RATE_LIMITS" in line), "not available")
    return {} if "not available" in line else {"MARTLET_RATE_LIMITS": "off"}


def remove(server):
    """Also one that does not stop by itself."""
    try:
        server.stop()
    except (AssertionError, subprocess.TimeoutExpired):
        server.kill()
    shutil.rmtree(server.directory, ignore_errors=True)


class Place:
    """A server with an external PostgreSQL (as initdb makes it: fsync and synchronous_commit on) or the embedded one.

    It starts when it is first asked for, and goes with the stack that it was given.
    """

    def __init__(self, stack, database, **settings):
        self.stack, self.database, self.settings = stack, database, settings
        # The names of workloads that have run here.
        self.warmed = set()

    @functools.cached_property
    def cluster(self):
        if self.database == "embedded":
            return None
        made = cluster.Cluster()
        self.stack.callback(made.remove)
        return made

    @functools.cached_property
    def server(self):
        """Not started."""
        settings = {**unlimited(), **self.settings}
        if self.cluster:
            settings["MARTLET_DATABASE_URL"] = self.cluster.url
        server = martlet.Server(**settings)
        self.stack.callback(remove, server)
        return server

    @functools.cached_property
    def stage(self):
        return Stage(self.server.start())

    @functools.cached_property
    def folder(self):
        """For what workloads write."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench-", dir="/tmp"))
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    @functools.cached_property
    def meter(self):
        data = self.cluster.data if self.cluster else self.server.directory / "data" / "postgres"
        assert self.stage
        return meter.Meter(self.server.process.pid, int((data / "postmaster.pid").read_text().split()[0]))

    def psql(self, sql):
        """Runs statements that may take minutes; returns the rows of the last, each a list of texts."""
        finished = subprocess.run(
            ["psql", self.cluster.url, "-AtXq", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-c", sql],
            capture_output=True, text=True, timeout=1800)
        if finished.returncode:
            raise RuntimeError(finished.stderr)
        return [line.split("\t") for line in finished.stdout.splitlines()]


def cost(place, run, seconds):
    """(CPU seconds of one request, what the load saw)."""
    before = place.meter.cpu()
    seen = run(seconds)
    return (place.meter.cpu() - before).total / seen.requests, seen


def raise_exit(number, _):
    raise SystemExit(f"ended by {signal.Signals(number).name}")


def end_by_signals():
    """A benchmark that is told to end takes its servers with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_exit)
