"""Runs wrk and reads what its scripts print."""

import contextlib
import dataclasses
import glob
import json
import os
import pathlib
import signal
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parent


class Unexpected(Exception):
    """Answers that should not have come: whatever was measured with them would mean nothing."""


@dataclasses.dataclass
class Load:
    """What one run of wrk saw."""

    requests: int
    seconds: float
    bytes: int
    median: float  # microseconds
    p99: float  # microseconds

    @property
    def rate(self):
        return self.requests / self.seconds


def command(url, script, *arguments, connections=32, threads=2, seconds=8):
    return [
        "wrk", "-t", str(min(threads, connections)), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s",
        "-s", str(FOLDER / script), url, "--", *map(str, arguments)]


def environment(pause=0, expect=""):
    return {**os.environ, "BENCH": str(FOLDER), "PAUSE": str(pause), "EXPECT": expect}


def result(script, output, errors):
    """What wrk printed; an answer other than 2xx and 3xx, or none, ends the benchmark."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise Unexpected(f"{script}: {output}{errors}")
    seen = json.loads(lines[-1])
    refused, unanswered = seen.pop("refused"), seen.pop("unanswered")
    if unanswered or refused:
        raise Unexpected(f"{script}: {refused} refused, {unanswered} unanswered\n{errors}")
    if not seen["requests"]:
        raise Unexpected(f"{script}: no answer at all")
    return Load(**seen)


def wrk(url, script, *arguments, seconds=8, pause=0, expect="", **options):
    """Loads a server for some seconds."""
    finished = subprocess.run(
        command(url, script, *arguments, seconds=seconds, **options), env=environment(pause, expect),
        capture_output=True, text=True, timeout=seconds + 90)
    return result(script, finished.stdout, finished.stderr)


class Stream:
    """A paced load beside which something else happens; it ends when it is told to."""

    def __init__(self, url, file, *arguments, pause, connections=32, at_most=300):
        self.file = file
        self.process = subprocess.Popen(
            command(
                url, "timed.lua", file, *arguments, connections=connections, threads=connections, seconds=at_most),
            env=environment(pause), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self):
        """The times of all answers: (when, seconds that it took), in the order of CLOCK_MONOTONIC."""
        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=60)
        result("timed.lua", output, errors)
        answers = []
        for name in glob.glob(glob.escape(str(self.file)) + ".*"):
            for line in pathlib.Path(name).read_text().splitlines():
                answered, took = line.split()
                answers.append((int(answered) / 1e6, int(took) / 1e6))
        return sorted(answers)


@contextlib.contextmanager
def stream(*arguments, **options):
    """A stream that is gone at the end, whatever happens."""
    running = Stream(*arguments, **options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def percentile(answers, share, after=float("-inf"), before=float("inf")):
    """Of the answers that came in a window: what all but a share of them stayed below, in seconds."""
    times = sorted(took for when, took in answers if after <= when < before)
    if len(times) < 200:
        raise Unexpected(f"{len(times)} answers are too few for a percentile")
    return times[min(len(times) - 1, int(len(times) * share))]
