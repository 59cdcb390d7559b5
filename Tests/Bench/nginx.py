"""Requests a second of documents ÷ nginx serving the same bytes as a file."""

import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

import requests

from figures import Measurement, Row
from load import Unexpected, wrk
from stage import martlet
from workloads import DISCOVERY, JWKS

# Where everything is refused.
REFUSED = "/refused"

# What an operator would give static files. Martlet logs each request, so nginx is measured with its log, too.
CONFIGURATION = """
daemon off;
worker_processes {workers};
pid {directory}/pid;
error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {directory}/temporary;
    proxy_temp_path {directory}/temporary;
    fastcgi_temp_path {directory}/temporary;
    uwsgi_temp_path {directory}/temporary;
    scgi_temp_path {directory}/temporary;
    default_type application/json;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=16;
    keepalive_timeout 60s;
    keepalive_requests 1000000000;
    root {directory}/files;
    server {{
        listen 127.0.0.1:{silent};
        access_log off;
        location = {refused} {{ return 429 '{{"error":"slow_down"}}'; }}
    }}
    server {{ listen 127.0.0.1:{logging}; access_log {directory}/access.log; }}
}}
"""


class Nginx:
    """Two addresses of one nginx: with and without an access log."""

    def __init__(self, stack, files):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="martlet-nginx-", dir="/tmp"))
        stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        # Workers of a master that is root are nobody's.
        self.directory.chmod(0o755)
        for path, content in files.items():
            file = self.directory / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        silent, logging = martlet.free_port(), martlet.free_port()
        self.silent, self.logging = (f"http://127.0.0.1:{port}" for port in (silent, logging))
        (self.directory / "nginx.conf").write_text(CONFIGURATION.format(
            workers=os.cpu_count(), directory=self.directory, silent=silent, logging=logging, refused=REFUSED))
        with open(self.directory / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["/usr/sbin/nginx", "-e", self.directory / "error.log", "-c", self.directory / "nginx.conf"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        stack.callback(self.stop)

        def serves():
            assert self.process.poll() is None, (self.directory / "error.log").read_text()
            try:
                return all(
                    requests.get(address + path, timeout=5).content == content
                    for address in (self.silent, self.logging) for path, content in files.items())
            except requests.ConnectionError:
                return False
        martlet.until(serves, pause=0.01)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=30)


def rate(address, path, size, seconds):
    seen = wrk(address, "same.lua", "GET", path, seconds=seconds)
    if seen.bytes < size * seen.requests:
        raise Unexpected(f"{address}{path}: answers shorter than the document")
    return seen.rate


def measurements(place, seconds):
    documents = {}

    @functools.cache
    def rival():
        for path in (DISCOVERY, JWKS):
            answer = requests.get(place.stage.server.issuer + path, timeout=30)
            assert answer.status_code == 200, answer.text
            documents[path] = answer.content
        return Nginx(place.stack, documents)

    def comparing(name, path):
        def measure():
            nginx = rival()
            size = len(documents[path])
            silent = rate(nginx.silent, path, size, seconds)
            own = rate(place.stage.server.issuer, path, size, seconds)
            logging = rate(nginx.logging, path, size, seconds)
            return own / silent, own / logging
        return Measurement([
            Row(f"{name}/s ÷ nginx without a log", place.database, 0.8, 1.1, more_is_better=True),
            Row(f"{name}/s ÷ nginx that logs", place.database, 0.8, 1.1, more_is_better=True),
        ], measure)
    return [comparing("discovery", DISCOVERY), comparing("JWKS", JWKS)]
