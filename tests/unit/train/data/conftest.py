"""A web server on the loopback interface, for the tests of downloads."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Serve = Callable[..., str]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Return a function that serves bytes and returns their URL; the last body served for a name is the current one.

    `missing` bytes are announced and never sent. The connection ends at once, or when `release` is set.
    """
    bodies: dict[str, tuple[bytes, int, threading.Event | None]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in bodies:
                self.send_error(404)
                return
            body, missing, release = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) + missing))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            if release:
                release.wait(60)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def add(name: str, body: bytes, *, missing: int = 0, release: threading.Event | None = None) -> str:
        bodies[f"/{name}"] = (body, missing, release)
        return f"http://127.0.0.1:{server.server_port}/{name}"

    yield add
    server.shutdown()
    thread.join()
    server.server_close()
