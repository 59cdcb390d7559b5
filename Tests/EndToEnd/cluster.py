"""A PostgreSQL of the tests' own: a throw-away cluster on a Unix socket, restarted as often as a test wants."""

import os
import pathlib
import shutil
import subprocess
import tempfile

BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]


class Cluster:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="martlet-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        self.data = self.directory / "data"
        self.url = f"postgresql:///martlet?host={self.directory}&user=owner"
        try:
            self._run(
                "initdb", "-D", self.data, "-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
            self.start()
            self._run("createdb", "-h", self.directory, "-U", "owner", "martlet")
        except BaseException:
            # Whoever was interrupted here has nothing to remove it by.
            self.remove()
            raise

    def _run(self, program, *arguments):
        command = [BIN / program, *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", *command]
        # The server that pg_ctl starts would keep a pipe open for ever.
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.directory, timeout=60)

    def start(self):
        options = f"-c listen_addresses= -k {self.directory}"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.directory / "log", "-o", options, "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def query(self, sql):
        """Rows of a query, each a list of texts."""
        answer = subprocess.run(
            ["psql", self.url, "-AtX", "-F", "\t", "-c", sql], check=True, capture_output=True, text=True, timeout=60)
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def remove(self):
        try:
            self.stop("immediate")
        except subprocess.CalledProcessError:
            pass
        shutil.rmtree(self.directory, ignore_errors=True)
