"""A relay between Martlet and its PostgreSQL that can lose answers: what a crash between commit and answer looks like."""

import pathlib
import shutil
import socket
import tempfile
import threading

SOCKET = ".s.PGSQL.5432"


class Relay:
    """Passes everything on until a statement with certain bytes comes by: that statement still reaches the database, but
    from then on nothing that the database says on that connection reaches the server."""

    def __init__(self, cluster):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="martlet-relay-", dir="/tmp"))
        self.url = f"postgresql:///martlet?host={self.directory}&user=owner"
        self.caught = threading.Event()
        self._target = str(cluster.directory / SOCKET)
        self._needle = None
        self._sockets = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.directory / SOCKET))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answers_to(self, needle):
        """From the first statement with these bytes in it."""
        self.caught.clear()
        self._needle = needle

    def pass_all(self):
        self._needle = None

    def remove(self):
        # Closing alone would not wake who waits in accept() and recv().
        for end in [self._listener, *self._sockets]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                server, _ = self._listener.accept()
            except OSError:
                return
            database = socket.socket(socket.AF_UNIX)
            self._sockets += [server, database]
            try:
                database.connect(self._target)
            except OSError:
                server.close()
                continue
            lost = threading.Event()
            threading.Thread(target=self._ask, args=(server, database, lost), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, database, lost), daemon=True).start()

    def _ask(self, server, database, lost):
        before = b""
        while chunk := self._received(server):
            needle, seen = self._needle, before + chunk
            if needle and needle in seen:
                # Before the statement is passed on: its answer cannot be faster.
                lost.set()
                self.caught.set()
            # What is looked for may come in two portions.
            before = seen[-len(needle):] if needle else b""
            try:
                database.sendall(chunk)
            except OSError:
                break
        self._end(database)

    def _answer(self, server, database, lost):
        while chunk := self._received(database):
            if lost.is_set():
                continue
            try:
                server.sendall(chunk)
            except OSError:
                break
        self._end(server)

    @staticmethod
    def _received(end):
        try:
            return end.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_WR)
        except OSError:
            pass
