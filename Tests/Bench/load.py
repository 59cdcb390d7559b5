"""Runs wrk and reads what its scripts print."""

import dataclasses
import json
import os
import pathlib
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Load:
    """What one run of wrk saw."""

    requests: int
    seconds: float
    median: float  # microseconds
    p99: float  # microseconds

    @property
    def rate(self):
        return self.requests / self.seconds


def wrk(url, script, *arguments, connections=32, threads=2, seconds=8, pause=0, may_refuse=False):
    """Loads a server; an answer other than 2xx and 3xx, or none, ends the benchmark: its figures would mean nothing."""
    command = [
        "wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s",
        "-s", str(FOLDER / script), url, "--", *map(str, arguments)]
    environment = {**os.environ, "BENCH": str(FOLDER), "PAUSE": str(pause)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    lines = [line for line in answer.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"{script} failed:\n{answer.stdout}{answer.stderr}")
    seen = json.loads(lines[-1])
    if seen["unanswered"] or seen["refused"] and not may_refuse:
        raise SystemExit(f"{script}: {seen['refused']} refused, {seen['unanswered']} unanswered\n{answer.stderr}")
    return Load(seen["requests"], seen["seconds"], seen["median"], seen["p99"])
