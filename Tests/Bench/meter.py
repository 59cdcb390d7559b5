"""CPU time and memory of the server and of its PostgreSQL, from /proc."""

import dataclasses
import os
import pathlib
import re
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
PROC = pathlib.Path("/proc")
# Password hashing has threads of its own, named after what they do.
PASSWORD_THREADS = "scrypt"


@dataclasses.dataclass
class CPU:
    """Seconds of CPU time."""

    server: float = 0.0
    passwords: float = 0.0
    database: float = 0.0

    def __sub__(self, earlier):
        return CPU(*(now - then for now, then in zip(dataclasses.astuple(self), dataclasses.astuple(earlier))))

    @property
    def total(self):
        """All but the password hashes."""
        return self.server + self.database


def threads(pid):
    """(name, seconds on a CPU) of each thread of a process; nothing of one that has ended."""
    for task in (PROC / str(pid) / "task").glob("*"):
        try:
            yield (task / "comm").read_text().strip(), int((task / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            continue


def stat(pid):
    """The fields of /proc/PID/stat behind the name, which may have spaces in it."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def children(pid):
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                if int(stat(entry.name)[1]) == pid:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


class Meter:
    """The processes of one server: its own, and all of its PostgreSQL's (backends, WAL writer, checkpointer)."""

    def __init__(self, server_pid, postmaster_pid):
        self.server_pid, self.postmaster_pid = server_pid, postmaster_pid

    def cpu(self):
        cpu = CPU()
        for name, seconds in threads(self.server_pid):
            if name.startswith(PASSWORD_THREADS):
                cpu.passwords += seconds
            else:
                cpu.server += seconds
        for pid in [self.postmaster_pid, *children(self.postmaster_pid)]:
            cpu.database += sum(seconds for _, seconds in threads(pid))
        # Backends that have ended and been waited for: children's user and system time.
        cpu.database += sum(int(ticks) for ticks in stat(self.postmaster_pid)[13:15]) / TICK
        return cpu

    def resident(self):
        """MiB of memory that the server holds."""
        status = (PROC / str(self.server_pid) / "status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def seconds_per_signature(kind):
    """CPU seconds of one signature by `openssl speed` on an idle core: of `rsa2048` or `ecdsap256`."""
    output = subprocess.run(
        ["openssl", "speed", "-seconds", "1", kind], capture_output=True, text=True, check=True, timeout=60).stdout
    # The last line ends with signatures and verifications a second of CPU time.
    return 1 / float(output.splitlines()[-1].split()[-2])


class GaveUp(Exception):
    """What was waited for did not come."""


def wait_until(condition, what, seconds=60, pause=0.01):
    """Polls a condition, and gives up with a sentence."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise GaveUp(f"gave up waiting for {what}")
