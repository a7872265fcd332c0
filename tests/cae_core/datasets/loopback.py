"""A server on this machine that behaves, and misbehaves, as servers do."""

from __future__ import annotations

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cae_core.datasets.download import RemoteFile

CONTENT = bytes(range(256)) * 2048  # 512 KiB: several chunks
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """One path, one behaviour."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        getattr(self, "get_" + self.path.strip("/").split("/")[0])()

    def log_message(self, *_: object) -> None:
        pass

    def _head(self, length: int | None = len(CONTENT)) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def get_good(self) -> None:
        self._head()
        self.wfile.write(CONTENT)

    def get_bare(self) -> None:
        self._head(None)
        self.wfile.write(CONTENT)

    def get_wrong(self) -> None:
        self._head()
        self.wfile.write(CONTENT[::-1])

    def get_long(self) -> None:
        self._head(None)
        try:
            for _ in range(1000):
                self.wfile.write(CONTENT)
        except OSError:
            self.server.refused.set()  # type: ignore[attr-defined]

    def get_cut(self) -> None:
        self._head()
        self.wfile.write(CONTENT[:200_000])

    def get_barecut(self) -> None:
        self._head(None)
        self.wfile.write(CONTENT[:200_000])

    def get_silent(self) -> None:
        self._head()
        self.wfile.write(CONTENT[:200_000])
        self.wfile.flush()
        self.server.release.wait(20)  # type: ignore[attr-defined]

    def get_drip(self) -> None:
        self._head()
        try:
            for start in range(0, len(CONTENT), 65536):
                self.wfile.write(CONTENT[start : start + 65536])
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    def get_missing(self) -> None:
        self.send_error(404)

    def get_moved(self) -> None:
        hops = int(self.path.rsplit("/", 1)[1])
        self.send_response(302)
        self.send_header("Location", f"/moved/{hops - 1}" if hops > 1 else "/good")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[str] = []
        self.release = threading.Event()
        self.refused = threading.Event()

    def file(self, *paths: str) -> RemoteFile:
        urls = tuple(f"http://127.0.0.1:{self.server_port}/{path}" for path in paths)
        return RemoteFile("data.bin", len(CONTENT), DIGEST, urls)

    def handle_error(self, *_: object) -> None:
        pass  # clients that hang up are part of the plan
